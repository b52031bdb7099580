"""The formats of `tenants.formats`, for templates."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.template.context import RequestContext

from tenants import formats

register = template.Library()
Number = Decimal | int | float | None


@register.filter
def number(value: Number) -> str:
    return formats.number(value)


@register.filter
def percent(value: Number) -> str:
    return formats.percent(value)


@register.filter
def money(value: Number, currency: str) -> str:
    return formats.money(value, currency=currency)


@register.filter
def day(value: date | None) -> str:
    return formats.day(value)


@register.filter
def moment(value: datetime | None, zone: str = "UTC") -> str:
    return formats.moment(value, zone=zone)


@register.simple_tag
def measure(value: Number, unit: str, currency: str = "") -> str:
    return formats.measure(value, unit=unit, currency=currency)


@register.simple_tag
def difference(value: Number, unit: str, currency: str = "") -> str:
    return formats.difference(value, unit=unit, currency=currency)


@register.filter
def number_to(value: Number, places: int) -> str:
    return formats.number(value, places=places)


@register.filter
def signed(value: Number) -> str:
    """A change, with its sign."""
    shown = formats.number(value, places=1)
    return f"+{shown}" if not formats.is_missing(value) and value > 0 else shown


@register.filter
def iso(value: date | None) -> str:
    """For addresses and form fields."""
    return "" if formats.is_missing(value) else value.isoformat()


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: object) -> str:
    """This page's query with something changed; None takes a part out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def month(value: date | None) -> str:
    return formats.month(value)
