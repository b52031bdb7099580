"""Health models of a test's own, in the place of the standard one."""

from datetime import date
from decimal import Decimal

from metrics.models import HealthModel

# Key, weight, worst, best: what subscriptions alone can feed.
OF_SUBSCRIPTIONS = (
    ("tenure", 35, 0, 24),
    ("mrr_vs_segment", 30, 0, 1),
    ("mrr_change_90d", 35, -50, 0),
)


def only_model(*factors: tuple[str, int, int, int]) -> HealthModel:
    """Make a version of these factors the only one, in force since ever."""
    HealthModel.objects.all().delete()
    model = HealthModel.objects.create(version=1, name="Test", starts_on=date(2000, 1, 1))
    for position, (key, weight, worst, best) in enumerate(factors, start=1):
        model.factors.create(
            position=position,
            key=key,
            weight=weight,
            worst=Decimal(worst),
            best=Decimal(best),
        )
    return model
