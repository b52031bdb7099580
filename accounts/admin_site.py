"""The admin of one tenant, for its admins."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.imports.sheets import LARGEST_CELL
from accounts.strict_json import InvalidJson, parse
from tenants.context import tenant_of
from tenants.typing import AnyField, Context, Options

AdminView = TypeVar("AdminView", bound=Callable[..., HttpResponseBase])


class StrictJSONField(forms.JSONField):
    """JSON in a form, read as strictly as in the body of a request."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            _read_strictly(value)
        return super().to_python(value)

    def bound_data(self, data: str | None, initial: object) -> object:
        """What was filled in, to be shown again."""
        try:
            _read_strictly(data or "")
        except ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


def _read_strictly(text: str) -> None:
    if len(text) > LARGEST_CELL:
        raise ValidationError(_("The cell is larger than 64 KiB."), code="too_large")
    try:
        parse(text or "null")
    except InvalidJson as problem:
        raise ValidationError(str(problem), code="invalid") from problem


class GuardedAdmin(admin.ModelAdmin[Any]):
    """What every admin of ours has: strict JSON, and lists narrowed by what they offer alone.

    By any other column a list would tell a secret (the hash of a password) letter by letter.
    """

    formfield_overrides: ClassVar[Mapping[type[AnyField], Options]] = {
        models.JSONField: {"form_class": StrictJSONField}
    }

    def lookup_allowed(self, lookup: str, value: object, request: HttpRequest) -> bool:
        offered = [*self.get_list_filter(request), self.date_hierarchy]
        return any(f"{lookup}__".startswith(f"{name}__") for name in offered)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> models.Model | None:
        return super().get_object(request, object_id, from_field or None)

    def get_changeform_initial_data(self, request: HttpRequest) -> Context:
        """What the address says of a new row, without what its columns cannot hold."""
        found = super().get_changeform_initial_data(request)
        return {name: value for name, value in found.items() if _can_hold(self.model, name, value)}


def _can_hold(model: type[models.Model], name: str, value: object) -> bool:
    """Whether a column can hold what an address says; of a moment a form needs more than text."""
    try:
        field = model._meta.get_field(name)
        if not isinstance(field, models.Field) or isinstance(field, models.DateTimeField):
            return False
        field.to_python(value)
    except (FieldDoesNotExist, ValidationError, ValueError, OverflowError):
        return False
    return True


class SharedLoginSite(admin.AdminSite):
    """An admin whose login is everybody's: with its rate limits, and later its second factor."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the way from a row to a page of its own: it fails where a type has no table."""
        return [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        query = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")

    def logout(  # type: ignore[override]  # a redirect is as good as the page it stands for
        self, request: HttpRequest, extra_context: object = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_logout"))


class TenantAdminSite(SharedLoginSite):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Everything we keep")
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> Context:
        result = {"site_header": tenant_of(request).name, "mail_warning": mail.warning()}
        return super().each_context(request) | result

    def admin_view(self, view: AdminView, cacheable: bool = False) -> AdminView:
        """A view that shows moments in the tenant's time zone, as all other pages do."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def in_zone(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            with timezone.override(tenant_of(request).timezone):
                response = inner(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # not later, when the zone is gone
                return cast(HttpResponse, response)

        return cast(AdminView, in_zone)


tenant_site = TenantAdminSite(name="admin")
