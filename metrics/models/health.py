"""Health models, and the scores that they give."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account


class HealthModel(models.Model):
    """A way of scoring: a draft that is being shaped, or a published version.

    A published version has a number and never changes again, so that every score can name its own;
    `based_on` is the version that a draft was begun from.
    """

    version = models.PositiveIntegerField(_("version"), unique=True, null=True, editable=False)
    based_on = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="drafts",
        verbose_name=_("based on"),
    )
    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True, help_text=_("What was changed, and why."))
    author = models.EmailField(_("published by"), blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    starts_on = models.DateField(_("in force from"))
    least_coverage = models.DecimalField(
        _("least coverage"), max_digits=5, decimal_places=2, default=40
    )
    amber_from = models.DecimalField(_("amber from"), max_digits=5, decimal_places=2, default=50)
    green_from = models.DecimalField(_("green from"), max_digits=5, decimal_places=2, default=75)

    class Meta:
        verbose_name = _("health model")
        verbose_name_plural = _("health models")
        ordering = [F("version").desc(nulls_first=True), "pk"]
        triggers = [
            pgtrigger.Protect(
                name="published",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__version__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amber_from__gte=0)
                & Q(green_from__lte=100)
                & Q(amber_from__lte=models.F("green_from")),
                name="healthmodel_bands",
            ),
            models.CheckConstraint(
                condition=Q(least_coverage__range=(0, 100)), name="healthmodel_least_coverage"
            ),
        ]

    def __str__(self) -> str:
        state = self.version or _("(draft)")
        return f"{self.name} {state}"

    @property
    def is_published(self) -> bool:
        return self.version is not None


# A measure of a published version is part of what the scores rest on.
PUBLISHED_FACTORS = """
IF EXISTS (SELECT FROM metrics_healthmodel WHERE id = OLD.model_id AND version IS NOT NULL) THEN
    RAISE EXCEPTION 'A published health model never changes.';
END IF;
RETURN NEW;
"""


class HealthFactor(models.Model):
    """One measure of a health model: its weight, and the two values that give marks 0 and 100."""

    model = models.ForeignKey(HealthModel, models.CASCADE, related_name="factors")
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    key = models.CharField(_("metric"), max_length=60)
    group = models.CharField(_("group"), max_length=60, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=9, decimal_places=4)
    worst = models.DecimalField(_("worst"), max_digits=24, decimal_places=10)
    best = models.DecimalField(_("best"), max_digits=24, decimal_places=10)

    class Meta:
        verbose_name = _("health measure")
        verbose_name_plural = _("health measures")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["model", "position"], name="healthmeasure_position"),
            models.UniqueConstraint(fields=["model", "key"], name="healthmeasure_key"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="healthmeasure_weight"),
            models.CheckConstraint(
                condition=~Q(worst=models.F("best")),
                name="healthmeasure_worst_is_not_best",
                violation_error_message=_("The worst and the best value must differ."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=PUBLISHED_FACTORS,
            )
        ]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **options: Any) -> None:
        if self.position is None:
            last = self.model.factors.aggregate(last=models.Max("position"))["last"]
            self.position = (last or 0) + 1
        super().save(*args, **options)


class HealthStatus(models.TextChoices):
    """The colour of a score; an account with too little known about it has none."""

    RED = "red", _("red")
    AMBER = "amber", _("amber")
    GREEN = "green", _("green")


class HealthScore(models.Model):
    """The score of one account at the end of one day, with its parts beside it.

    `marks` is in the order of the model's measures; NULL is a measure that had no vote.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, models.CASCADE, related_name="scores")
    day = models.DateField(_("day"))
    model = models.ForeignKey(HealthModel, models.PROTECT, related_name="scores")
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=4, null=True)
    coverage = models.DecimalField(_("coverage"), max_digits=7, decimal_places=4)
    status = models.CharField(_("status"), max_length=10, choices=HealthStatus.choices, blank=True)
    marks = ArrayField(models.DecimalField(max_digits=7, decimal_places=4, null=True))

    class Meta:
        verbose_name = _("health score")
        verbose_name_plural = _("health scores")
        indexes = [models.Index(fields=["day", "status"], name="health_day_status")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.score}"
