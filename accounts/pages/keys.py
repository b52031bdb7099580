"""API keys: who may come in by program."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import api_keys
from accounts.models import ApiKey
from tenants.context import tenant_of

GRACE = (
    ("0", gettext_lazy("at once")),
    ("24", gettext_lazy("after 24 hours")),
    ("168", gettext_lazy("after 7 days")),
)


# Keys that send events are made by the command alone, until programs have where to send them.
SCOPES = [(name, label) for name, label in ApiKey.Scope.choices if name != ApiKey.Scope.EVENTS]


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=50)
    scope = forms.ChoiceField(label=gettext_lazy("Rights"), choices=SCOPES)
    expires_on = forms.DateField(
        label=gettext_lazy("Last day, if any"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, data: QueryDict | None = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "scope" else "form-control"

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day and day < self.today:
            raise forms.ValidationError(_("This day has passed."))
        return day


def keys(request: HttpRequest) -> HttpResponse:
    """All keys, and the form for a new one. The new key itself is shown by this one answer."""
    zone = ZoneInfo(tenant_of(request).timezone)
    today = timezone.now().astimezone(zone).date()
    form = KeyForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["expires_on"]
        made = api_keys.create(
            name=form.cleaned_data["name"],
            scope=form.cleaned_data["scope"],
            expires=datetime.combine(day + timedelta(days=1), time(), zone) if day else None,
        )
        return _page(request, KeyForm(today=today), made=made)
    return _page(request, form)


def rotate(request: HttpRequest, pk: str) -> HttpResponseBase:
    """A new key in place of one that works."""
    key = get_object_or_404(ApiKey, prefix=pk, revoked=False)
    hours = request.POST.get("grace", "")
    if hours not in dict(GRACE):
        return redirect("keys")
    made = api_keys.rotate(key=key, grace=timedelta(hours=int(hours)), now=timezone.now())
    today = timezone.now().date()
    return _page(request, KeyForm(today=today), made=made)


def revoke(request: HttpRequest, pk: str) -> HttpResponseBase:
    """No more of a key."""
    api_keys.revoke(key=get_object_or_404(ApiKey, prefix=pk))
    return redirect("keys")


def _page(
    request: HttpRequest, form: KeyForm, made: tuple[ApiKey, str] | None = None
) -> HttpResponse:
    context = {
        "keys": ApiKey.objects.order_by("revoked", "-created"),
        "form": form,
        "made": made[0] if made else None,
        "secret": made[1] if made else "",
        "grace": GRACE,
        "now": timezone.now(),
    }
    status = 400 if form.errors else 200
    return render(request, "accounts/keys.html", context, status=status)
