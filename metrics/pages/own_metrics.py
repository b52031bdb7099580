"""The pages on which an admin defines metrics of the tenant's own."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.models import OwnMetric


class CheckedOwnMetricForm(forms.ModelForm[OwnMetric]):
    """A form of a definition that is read: under a key that the product has not."""

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in METRICS or key in ACCOUNT_METRICS:
            raise forms.ValidationError(_("The product itself has a metric of this key."))
        return key


class OwnMetricForm(CheckedOwnMetricForm):
    class Meta:
        model = OwnMetric
        fields = [
            *("name", "key", "of", "named", "total", "unit", "direction"),
            *("feature", "property", "name_ar", "name_fa", "name_pl"),
        ]

    def __init__(self, data: QueryDict | None, *, instance: OwnMetric | None = None) -> None:
        super().__init__(data, instance=instance)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"


def own_metrics(request: HttpRequest) -> HttpResponse:
    """Those that are defined, and the form for another."""
    form = OwnMetricForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The metric is defined; the next night writes it down."))
        return redirect("own_metrics")
    context = {"form": form, "metrics": OwnMetric.objects.all()}
    return render(request, "metrics/own_metrics.html", context, status=422 if form.errors else 200)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One definition, to be corrected."""
    metric = get_object_or_404(OwnMetric, pk=pk)
    form = OwnMetricForm(request.POST or None, instance=metric)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The metric is changed."))
        return redirect("own_metrics")
    context = {"form": form, "metric": metric}
    return render(request, "metrics/own_metric.html", context, status=422 if form.errors else 200)


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(OwnMetric, pk=pk).delete()
    messages.success(request, _("The metric is gone."))
    return redirect("own_metrics")
