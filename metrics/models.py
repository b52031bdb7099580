"""What the nights write, and the health models by which they score.

Derived tables are replaced by a night, never adjusted.

No row carries the time at which it was computed: computing a day again gives the same rows. When
that was is in `Night`.
"""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.bounds import ExcludedRow
from accounts.history import with_history
from accounts.models import Account


class Night(models.Model):
    """A local day whose figures are computed, and whether facts of it changed since."""

    day = models.DateField(_("day"), unique=True)
    computed_at = models.DateTimeField(_("computed at"))
    stale = models.BooleanField(_("to be computed again"), default=False)
    # Rows that could not be computed, see `accounts.bounds.ExcludedRow`.
    excluded = models.JSONField(_("excluded rows"), default=list)

    class Meta:
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def excluded_rows(self) -> list[ExcludedRow]:
        """The rows that this night could not compute, and why."""
        return [ExcludedRow(**row) for row in self.excluded]


class AccountMeasures(models.Model):
    """Every measure of one account at the end of one day: one wide row.

    `values` has a slot per account-grain metric (`metrics.catalogue.MEASURES`), NULL where
    nothing is known. A slot is never given to another metric.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, models.CASCADE, related_name="measures")
    day = models.DateField(_("day"))
    values = ArrayField(models.DecimalField(max_digits=24, decimal_places=10, null=True))

    class Meta:
        verbose_name = _("measures")
        verbose_name_plural = _("measures")
        indexes = [models.Index(fields=["day"], name="measures_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


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
OF_PUBLISHED = """
IF EXISTS (SELECT FROM metrics_healthmodel WHERE id = OLD.model_id AND version IS NOT NULL) THEN
    RAISE EXCEPTION 'A published health model never changes.';
END IF;
RETURN NEW;
"""


class HealthMeasure(models.Model):
    """One measure of a health model: its weight, and the two values that give marks 0 and 100."""

    model = models.ForeignKey(HealthModel, models.CASCADE, related_name="measures")
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
                func=OF_PUBLISHED,
            )
        ]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **options: Any) -> None:
        if self.position is None:
            last = self.model.measures.aggregate(last=models.Max("position"))["last"]
            self.position = (last or 0) + 1
        super().save(*args, **options)


class Band(models.TextChoices):
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
    band = models.CharField(_("band"), max_length=10, choices=Band.choices, blank=True)
    marks = ArrayField(models.DecimalField(max_digits=7, decimal_places=4, null=True))

    class Meta:
        verbose_name = _("health score")
        verbose_name_plural = _("health scores")
        indexes = [models.Index(fields=["day", "band"], name="health_day_band")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.score}"


class KpiSnapshot(models.Model):
    """One metric over one window, as a night found it; with the windows it is compared to."""

    class Compared(models.TextChoices):
        ITSELF = "", _("this period")
        PREVIOUS = "previous", _("previous period")
        YEAR_BEFORE = "year_before", _("a year before")

    day = models.DateField(_("day"))
    period = models.CharField(_("period"), max_length=12)
    key = models.CharField(_("metric"), max_length=60)
    variant = models.CharField(_("variant"), max_length=40)
    compared = models.CharField(max_length=12, choices=Compared.choices, blank=True)
    # Of a segment, by column and value; of the whole tenant where both are empty. Segments are
    # written down for the period itself; what they are compared to is read from the facts.
    cut = models.CharField(_("segment by"), max_length=20, blank=True)
    cut_value = models.CharField(_("segment"), max_length=320, blank=True)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    value = models.DecimalField(_("value"), max_digits=34, decimal_places=10, null=True)
    numerator = models.DecimalField(max_digits=34, decimal_places=10, null=True)
    denominator = models.DecimalField(max_digits=34, decimal_places=10, null=True)
    n = models.BigIntegerField(_("n"))
    low = models.DecimalField(max_digits=34, decimal_places=10, null=True)
    high = models.DecimalField(max_digits=34, decimal_places=10, null=True)

    class Meta:
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "period", "key", "variant", "cut", "cut_value", "compared"],
                name="kpi_once",
            )
        ]
        indexes = [models.Index(fields=["key", "variant", "period", "day"], name="kpi_series")]

    def __str__(self) -> str:
        return f"{self.key} {self.variant} {self.period} {self.day}"


class Revision(models.Model):
    """A number that was another one before its night was computed again.

    That happens when facts of the past were corrected: those changed between `since` and `at`.
    """

    day = models.DateField(_("day"))
    period = models.CharField(_("period"), max_length=12)
    key = models.CharField(_("metric"), max_length=60)
    variant = models.CharField(_("variant"), max_length=40)
    was = models.DecimalField(_("was"), max_digits=34, decimal_places=10, null=True)
    became = models.DecimalField(_("became"), max_digits=34, decimal_places=10, null=True)
    since = models.DateTimeField(_("computed first"))
    at = models.DateTimeField(_("computed again"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-at", "key"]
        indexes = [models.Index(fields=["key", "day"], name="revision_key_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.day} {self.was} {self.became}"


@with_history
class Goal(models.Model):
    """A metric that is to come to a target by a date."""

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    metric = models.CharField(_("metric"), max_length=60)
    variant = models.CharField(_("variant"), max_length=40, blank=True)
    segment = models.CharField(
        _("segment"), max_length=340, blank=True, help_text=_("As segment:Retail; empty: all.")
    )
    target = models.DecimalField(_("target"), max_digits=24, decimal_places=6)
    starts_on = models.DateField(_("from"))
    due_on = models.DateField(_("due on"))
    owner_email = models.EmailField(_("owner"), blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="goal_has_external_id"),
            models.CheckConstraint(
                condition=Q(due_on__gt=models.F("starts_on")),
                name="goal_ends_after_start",
                violation_error_message=_("The end is before the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.target} {self.due_on}"


# The catalogue's own measures have the slots below; one of a metric that is gone stays empty.
NEXT_SLOT = """
NEW.slot := (
    SELECT coalesce(max(used.slot), 63) + 1
    FROM (SELECT slot FROM metrics_ownmetric
          UNION ALL SELECT slot FROM metrics_ownmetricevent) used
);
RETURN NEW;
"""


@with_history
class OwnMetric(models.Model):
    """A metric that a tenant has defined: what it totals of its measurements or its events.

    `slot` is its place in `AccountMeasures.values`, given by the database and never to another.
    """

    class Of(models.TextChoices):
        MEASUREMENTS = "measurements", _("measurements")
        EVENTS = "events", _("events")

    class Total(models.TextChoices):
        SUM = "sum", _("sum; of events their number")
        MEAN = "mean", _("mean")
        LAST = "last", _("the latest of each account, summed")
        DISTINCT = "distinct", _("different accounts; of events different people")

    class Unit(models.TextChoices):
        COUNT = "count", _("number")
        MONEY = "money", _("money")
        PERCENT = "percent", _("percent")
        RATIO = "ratio", _("ratio")
        SCORE = "score", _("score")

    class Direction(models.TextChoices):
        HIGHER = "higher", _("higher is better")
        LOWER = "lower", _("lower is better")
        NEITHER = "neither", _("neither")

    key = models.CharField(
        _("key"), max_length=60, unique=True, help_text=_("As customers_of_customer.")
    )
    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    name_fa = models.CharField(_("name in Persian"), max_length=200, blank=True)
    name_pl = models.CharField(_("name in Polish"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices, default=Unit.COUNT)
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.HIGHER
    )
    of = models.CharField(_("made of"), max_length=12, choices=Of.choices, default=Of.MEASUREMENTS)
    named = models.CharField(
        _("named"),
        max_length=200,
        help_text=_("The key of the measurements, or the name of the events."),
    )
    feature = models.CharField(
        _("only with the feature"), max_length=200, blank=True, help_text=_("Of events.")
    )
    property = models.CharField(
        _("only with the property"),
        max_length=200,
        blank=True,
        help_text=_("Of events, as plan=pro."),
    )
    total = models.CharField(_("total"), max_length=10, choices=Total.choices, default=Total.SUM)
    slot = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("own metric")
        verbose_name_plural = _("own metrics")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]+$"),
                name="ownmetric_key",
                violation_error_message=_("A key is of small letters, digits and _."),
            ),
            models.CheckConstraint(
                condition=~Q(of="events") | ~Q(total__in=("mean", "last")),
                name="ownmetric_total",
                violation_error_message=_("Of events there is a number and different people."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="slot",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=NEXT_SLOT,
            )
        ]

    def __str__(self) -> str:
        return self.key
