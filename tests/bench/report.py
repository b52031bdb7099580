"""`make bench`: what a night costs on a generated book, stage by stage.

Seconds differ from machine to machine, so the night is also given as a multiple of references in
the same run: the same numbers by SQL that was written for them by hand, which must come to the
same, and by a loop over the accounts.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.db import transaction

from accounts import phases
from accounts.models import Account
from csplatform.demo.tenants import TENANTS
from metrics.catalogue import METRICS
from metrics.models import KpiSnapshot
from metrics.pipeline import nightly
from metrics.pipeline.snapshot import records
from metrics.windows.periods import DAY as A_DAY
from tests.bench import by_hand, by_loop
from tests.bench.world import DAY, filled, world

SIZES = {"small": 20_000, "big": 100_000}
EVENTS_EACH = 30
SAMPLE = 5  # accounts that the loop is timed on; it costs the same for each


class Stopwatch:
    """Seconds by stage, as the night names them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "", time.monotonic()

    def __call__(self, stage: str) -> None:
        now = time.monotonic()
        if self._stage:
            self.seconds[self._stage] = now - self._since
        self._stage, self._since = stage, now


def main() -> None:
    """Time a night on a generated book, in a tenant of its own."""
    parser = ArgumentParser(prog="make bench", description=main.__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    accounts = SIZES[parser.parse_args().size]
    call_command("migrate")
    print(f"A world of {accounts:,} accounts ...")
    with world(accounts=accounts, events_each=EVENTS_EACH) as tenant:
        print("The night before, which counts all that came until then ...")
        nightly.compute(tenant=tenant, day=DAY - A_DAY, at_stage=lambda stage: None)
        watch = Stopwatch()
        nightly.compute(tenant=tenant, day=DAY, at_stage=watch)
        watch("")
        _tell(accounts, watch)
    _tell_of_real_customers()


def _tell(accounts: int, watch: Stopwatch) -> None:
    night = sum(watch.seconds.values())
    for stage, seconds in watch.seconds.items():
        print(f"{stage:<22}{seconds:9.2f} s")
    print(f"{'the night':<22}{night:9.2f} s")
    hand, numbers = timed(by_hand_once)
    _compare(numbers)
    print(f"{'by hand-written SQL':<22}{hand:9.2f} s   the same numbers")
    same, _rows = timed(snapshot_once)
    print(f"{'by the night':<22}{same:9.2f} s   the same numbers")
    print(f"{'':<22}{same / hand:9.2f} times that of the hand-written SQL")
    sample = list(Account.objects.order_by("pk")[:SAMPLE])
    with transaction.atomic():
        phases.materialise()
        loop, _total = timed(lambda: by_loop.total_of(sample, DAY))
    whole = loop / SAMPLE * accounts
    print(f"{'by a loop':<22}{whole:9.0f} s   from {SAMPLE} accounts")
    print(f"{'':<22}{whole / night:9.0f} times the night")


def _tell_of_real_customers() -> None:
    """A whole night of the demo tenant of 7,043 customers: every metric, period and segment."""
    demo = next(one for one in TENANTS if one.slug == "telco")
    with filled(demo) as tenant:
        watch = Stopwatch()
        nightly.compute(tenant=tenant, day=demo.last_day, at_stage=watch)
        watch("")
        night = sum(watch.seconds.values())
        print(f"{'telco, 7,043 accounts':<22}{night:9.2f} s   a whole night")


def _compare(numbers: by_hand.Found) -> None:
    """Refuse to time numbers that are not the same."""
    stored = {
        (row.period, row.compared, row.key, row.variant, row.dimension, row.dimension_value): row
        for row in KpiSnapshot.objects.filter(day=DAY)
        if (row.key, row.variant) in by_hand.OUTPUTS
    }
    missing = stored.keys() - numbers.keys()
    wrong = [
        place
        for place, (top, below) in numbers.items()
        if place in stored
        and not (near(stored[place].numerator, top) and near(stored[place].denominator, below))
    ]
    if missing or wrong:
        shown = [*sorted(missing), *sorted(wrong)][:5]
        raise SystemExit(f"{len(missing)} numbers are missing, {len(wrong)} differ: {shown}")
    print(f"{len(stored):,} numbers compared with the hand-written SQL")


def by_hand_once() -> by_hand.Found:
    with transaction.atomic():
        phases.materialise()
        return by_hand.figures(DAY)


def snapshot_once() -> list[Any]:
    """The same numbers as by hand, as the night makes them."""
    definitions = [(METRICS[key], variant) for key, variant in by_hand.OUTPUTS]
    with transaction.atomic():
        phases.materialise()
        return list(records(day=DAY, first_weekday=1, definitions=definitions))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.monotonic()
    done = work()
    return time.monotonic() - begun, done


def near(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - Decimal(other)) < Decimal("0.00001")
