"""Metrics that a tenant defines for itself."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.history import with_history

# The first slot of a tenant's own metrics; those of the catalogue lie below it.
FIRST_OWN_SLOT = 64
NEXT_SLOT = f"""
NEW.slot := (
    SELECT coalesce(max(used.slot) + 1, {FIRST_OWN_SLOT})
    FROM (SELECT slot FROM metrics_ownmetric
          UNION ALL SELECT slot FROM metrics_ownmetricevent) used
);
RETURN NEW;
"""


@with_history
class OwnMetric(models.Model):
    """A metric that a tenant has defined: what it totals of its measurements or its events.

    `slot` is its place in `AccountMetricValues.values`, given by the database and never to another.
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
