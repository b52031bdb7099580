"""The page on which an admin chooses how things are counted, and the same over REST."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import DateField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from accounts.models import CountingRules
from metrics.catalogue import METRICS
from metrics.figures.preferences import SECTIONS, WITH_VARIANTS, of_business
from tenants.typing import AnyField

VARIANT = "variant_"
LISTS = ("onboarding_steps", "activity_events", "key_features", "holidays")


class LinesField(SimpleArrayField):
    """A list with one name, or one day, on each line; empty lines are passed over."""

    def __init__(self, base_field: forms.Field, **options: Any) -> None:
        super().__init__(base_field, delimiter="\n", **options)

    def clean(self, value: str | None) -> Sequence[object]:
        lines = (line.strip() for line in (value or "").splitlines())
        return super().clean("\n".join(line for line in lines if line))


class RulesForm(forms.ModelForm[CountingRules]):
    class Meta:
        model = CountingRules
        fields = [name for names in SECTIONS.values() for name in names]
        widgets = {
            "business_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "business_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, data: QueryDict | None, *, instance: CountingRules) -> None:
        super().__init__(data, instance=instance)
        for name in LISTS:
            self.fields[name] = self._of_lines(name)
        preferred = {**of_business(self.instance), **self.instance.preferred_variants}
        for key, metric in WITH_VARIANTS.items():
            choices = [(name, variant.label) for name, variant in metric.variants.items()]
            self.fields[f"{VARIANT}{key}"] = forms.ChoiceField(
                label=metric.name,
                choices=choices,
                required=False,
                initial=preferred.get(key, metric.default_variant),
            )
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _class_of(field))

    def _of_lines(self, name: str) -> LinesField:
        field = cast(AnyField, CountingRules._meta.get_field(name))
        one_a_line = _("One on each line.")
        return LinesField(
            _line_of(field),
            label=capfirst(field.verbose_name),
            help_text=f"{field.help_text} {one_a_line}",
            required=False,
            widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        )

    def sections(self) -> list[tuple[StrOrPromise, list[forms.BoundField]]]:
        """The fields as the page shows them."""
        shown = [(title, [self[name] for name in names]) for title, names in SECTIONS.items()]
        variants = [self[f"{VARIANT}{key}"] for key in WITH_VARIANTS]
        return [*shown, (_("Which variant is shown first"), variants)]

    def save(self, commit: bool = True) -> CountingRules:
        chosen = {key: self.cleaned_data[f"{VARIANT}{key}"] for key in WITH_VARIANTS}
        by_itself = of_business(self.instance)
        self.instance.preferred_variants = {
            key: variant
            for key, variant in chosen.items()
            if variant and variant != by_itself.get(key, METRICS[key].default_variant)
        }
        return super().save(commit)


def _line_of(field: AnyField) -> forms.Field:
    """One line of a list. A day is written in one way, which nobody reads as another day."""
    if isinstance(getattr(field, "base_field", None), DateField):
        return forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    return forms.CharField(required=False)


def _class_of(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "form-check-input"
    return "form-select" if isinstance(field, forms.ChoiceField) else "form-control"


def rules(request: HttpRequest) -> HttpResponse:
    """How things are counted; what is changed is counted anew from the first night on."""
    found = CountingRules.objects.get()
    form = RulesForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(
            request, _("Saved. The next night computes every past night again by these rules.")
        )
        return redirect("rules")
    status = 422 if form.errors else 200
    return render(request, "metrics/rules.html", {"form": form}, status=status)
