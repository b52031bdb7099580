"""The stage that writes down MRR movements: subscriptions and their dates in, movements out."""

from datetime import date

from django.db.models import Max, Q, QuerySet

from accounts.inserting import insert_select
from accounts.models import DirtyDay, LiveMovement, MrrMovement
from accounts.models.money import Movement

COLUMNS = ("account_id", "day", "kind", "amount", "mrr_after")


def rebuild(*, through: date) -> None:
    """Write every movement up to the end of `through` that is missing or no longer true.

    Rebuilds the accounts that writers marked, and adds the days since the newest movement.
    """
    newest = MrrMovement.objects.aggregate(day=Max("day"))["day"]
    dirty = DirtyDay.objects.filter(facts__in=(DirtyDay.Facts.MONEY, DirtyDay.Facts.RULES))
    marked = dirty.values("account_id")
    MrrMovement.objects.filter(account_id__in=marked).delete()
    missing = Q(day__lte=max(through, newest or through))
    if newest:
        missing &= Q(account_id__in=marked) | Q(day__gt=newest)
    insert_select(into=MrrMovement, columns=COLUMNS, source=LiveMovement.objects.filter(missing))
    dirty.delete()


def movements_within(*, start: date, end: date, movements_stored: bool) -> QuerySet[Movement]:
    """Movements of [start, end): as the nights wrote them down, or as the facts say now."""
    model = MrrMovement if movements_stored else LiveMovement
    return model.objects.within(start, end).counted()
