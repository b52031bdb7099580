"""Small books by files, and what their May of 2026 comes to."""

from datetime import date

from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import Reading
from metrics.windows.periods import Period
from tests.accounts.files import Sending

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
SUBSCRIPTION = "external_id,account_external_id,plan,amount,interval,started_on"
CHANGE = "subscription_external_id,effective_on"


def read(key: str, variant: str = "", day: date = MAY, period: Period = Period.MONTH) -> Reading:
    return KpiReader(KpiQuery(day=day, period=period)).compare(METRICS[key], variant).reading


def value(key: str, variant: str = "", day: date = MAY, period: Period = Period.MONTH) -> object:
    found = read(key, variant, day, period).value
    return None if found is None else round(found, 6)


def files(send: Sending, **kinds: str) -> None:
    for kind, text in kinds.items():
        assert send(kind, text)[3] == 0, send.faults
