"""Expressions that the rows of metrics are made with."""

from datetime import date
from decimal import Decimal

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce, Collate, Least, NullIf

from accounts.models import CountingRules, Rate
from metrics.windows.day_parameters import zone_for
from metrics.windows.periods import Window
from tenants.calendar import AFTER_THE_DAY_BEFORE, AT_MIDNIGHT
from tenants.typing import AnyRows

# The mean month of the Gregorian calendar is what "months since" is counted in.
DAYS_A_MONTH = Decimal("30.4375")
MONEY = DecimalField(max_digits=34, decimal_places=10)


# What a sum with an unknown in it comes to: PostgreSQL keeps it through any addition.
NOT_A_NUMBER: RawSQL = RawSQL("'NaN'::numeric", [], output_field=MONEY)


def summed(field: str, *, filter: Q | None = None) -> NullIf:
    """The sum of a column; no rows sum to 0, and with an unknown among them it is unknown."""
    known = Coalesce(field, NOT_A_NUMBER, output_field=MONEY)
    total = Coalesce(Sum(known, filter=filter), Value(Decimal(0)), output_field=MONEY)
    return NullIf(total, NOT_A_NUMBER)


def rule(name: str) -> Subquery:
    """One of the tenant's choices, which the database looks up by itself."""
    return Subquery(CountingRules.objects.values(name)[:1])


def named_by(rules: str, column: str) -> Func:
    """Whether a column is among the names that a rule lists; where it lists none, any is."""
    names = f"(SELECT {rules} FROM accounts_countingrules)"
    return Func(
        F(column),
        template=f"(cardinality({names}) = 0 OR %(expressions)s = ANY ({names}::text[]))",
        output_field=BooleanField(),
    )


def days_after(moment: str, *, days: str) -> Func:
    """The moment in a column, so many days later as a rule says."""
    return Func(
        F(moment),
        rule(days),
        arg_joiner=" + interval '1 day' * ",
        template="(%(expressions)s)",
        output_field=DateTimeField(),
    )


def rate_on(day: str) -> Subquery:
    """What a row's currency was worth on the day in a column of it; NULL where nobody said."""
    known = Rate.objects.filter(currency=OuterRef("currency"), day__lte=OuterRef(day))
    return Subquery(known.order_by("-day").values("rate")[:1])


def bytewise(column: str | Combinable) -> Collate:
    """A column as it is ordered byte by byte: "a-10" before "a-2", whatever the server's language.

    What happened at the same moment is told apart by its external id, the greater one as the
    later; never by which came in first.
    """
    return Collate(column, "C")


def during(field: str, window: Window) -> Q:
    """The moments of the window's days, as the tenant's clocks have them."""
    return during_days(field, window.start, window.end)


def during_days(field: str, start: date, end: date) -> Q:
    """The moments of the days of [start, end)."""
    return Q(**{f"{field}__gte": start_of_day(start), f"{field}__lt": start_of_day(end)})


def day_of(field: str, window_day: date) -> Func:
    """The local day of a moment, in SQL that serves the zones that `window_day` does."""
    return Func(
        Value(zone_for(window_day)),
        F(field),
        template="(timezone(%(expressions)s))::date",
        output_field=DateField(),
    )


def length_of(window: Window) -> Func:
    """The number of days of a window, which SQL works out: see `metrics.windows.day_parameters`."""
    ends = (Value(day, output_field=DateField()) for day in (window.end, window.start))
    return Func(
        *ends,
        arg_joiner="::date - ",
        template="(%(expressions)s::date)::numeric",
        output_field=MONEY,
    )


def start_of_day(day: date) -> Func:
    """The moment at which a day begins where the tenant is."""
    return Least(*(_moment(day, template) for template in (AT_MIDNIGHT, AFTER_THE_DAY_BEFORE)))


def _moment(day: date, template: str) -> Func:
    return Func(
        Value(zone_for(day)),
        Value(day, output_field=DateField()),
        template=template.format(zone_and_day="%(expressions)s"),
        output_field=DateTimeField(),
    )


def reason_of(reason: str) -> Value:
    return Value(reason, output_field=CharField())


def with_reason(rows: AnyRows, why: str | Combinable) -> AnyRows:
    """Rows that are left out, each with the reason."""
    reason = reason_of(why) if isinstance(why, str) else why
    excluded: AnyRows = rows.annotate(reason=reason)
    return excluded


def months_since(first: str, *, end: date) -> Func:
    """Months from the day in column `first` to the day `end`, which is not counted."""
    return Func(
        Value(end, output_field=DateField()),
        F(first),
        arg_joiner=" - ",
        template=f"((%(expressions)s) / {DAYS_A_MONTH})",
        output_field=MONEY,
    )
