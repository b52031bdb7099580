"""Small books by files, and what their June of 2024 comes to under the rules of the tenant."""

from datetime import date
from decimal import Decimal

from accounts.models import CountingRules
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import Reading
from metrics.windows.periods import Period

JUNE = date(2024, 6, 30)
HEAD = "external_id,account_external_id,plan,amount,interval,started_on"


def read(key: str, day: date = JUNE, variant: str = "", period: Period = Period.MONTH) -> Reading:
    return KpiReader(KpiQuery(day=day, period=period)).compare(METRICS[key], variant).reading


def value(key: str, day: date = JUNE, variant: str = "") -> Decimal | None:
    return read(key, day, variant).value


def choose(**rules: object) -> None:
    CountingRules.objects.update(**rules)
