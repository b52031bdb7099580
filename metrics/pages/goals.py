"""The goals: a list with their progress, and the form to set one."""

import secrets

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from accounts.models.rules import first_weekday
from metrics.analysis.goals import all_progress, check_goal
from metrics.catalogue import FAMILY_NAMES, METRICS
from metrics.catalogue.own import all_metrics
from metrics.figures.parameters import parse_day
from metrics.models import Goal
from metrics.windows.periods import Period
from tenants.context import tenant_of


class CheckedGoalForm(forms.ModelForm[Goal]):
    """A form of a goal that can be computed."""

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        result = {name: cleaned[name] for name in self.fields if cleaned.get(name) is not None}
        stored = {name: getattr(self.instance, name) for name in COMPUTED_BY}
        try:
            check_goal(
                Goal(**stored | {name: result[name] for name in COMPUTED_BY if name in result})
            )
        except ValidationError as problem:
            for name, errors in problem.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        return cleaned


COMPUTED_BY = ("metric", "variant", "period", "segment", "starts_on", "due_on")


class GoalForm(CheckedGoalForm):
    class Meta:
        model = Goal
        fields = [
            *("metric", "period", "target", "starts_on", "due_on"),
            *("segment", "owner_email", "note"),
        ]
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, data: QueryDict | None, *, instance: Goal | None = None) -> None:
        super().__init__(data, instance=instance)
        choices: list[tuple[StrOrPromise, list[tuple[str, StrOrPromise]]]] = [
            (name, [(metric.key, metric.name) for metric in family.METRICS])
            for family, name in FAMILY_NAMES.items()
        ]
        own = [(key, metric.name) for key, metric in all_metrics().items() if key not in METRICS]
        if own:
            choices.append((_("Your own"), own))
        metric, period = self.fields["metric"], self.fields["period"]
        self.fields["metric"] = forms.ChoiceField(label=metric.label, choices=choices)
        self.fields["period"] = forms.ChoiceField(
            label=period.label, choices=Period.choices, initial=period.initial
        )
        for one in self.fields.values():
            chosen = isinstance(one, forms.ChoiceField)
            one.widget.attrs["class"] = "form-select" if chosen else "form-control"


def goals(request: HttpRequest) -> HttpResponse:
    """Every goal and how far it is; a manager can set another."""
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.external_id = f"goal-{secrets.token_hex(8)}"
        form.save()
        messages.success(request, _("The goal is set."))
        return redirect("goals")
    tenant = tenant_of(request)
    day = parse_day({}, tenant=tenant)
    context = {
        "goals": all_progress(day=day, first_weekday=first_weekday(tenant)),
        "form": form,
        "day": day,
        "currency": tenant.currency,
    }
    return render(request, "metrics/goals.html", context, status=422 if form.errors else 200)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One goal, to be corrected."""
    goal = get_object_or_404(Goal, pk=pk)
    form = GoalForm(request.POST or None, instance=goal)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The goal is changed."))
        return redirect("goals")
    status = 422 if form.errors else 200
    return render(request, "metrics/goal.html", {"form": form, "goal": goal}, status=status)


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Goal, pk=pk).delete()
    messages.success(request, _("The goal is gone."))
    return redirect("goals")
