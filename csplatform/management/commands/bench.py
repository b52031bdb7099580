"""`manage.py bench`: what a night costs on a generated book, stage by stage.

Seconds differ from machine to machine, so each stage is also given as a multiple of references in
the same run: the same outputs by SQL that was written by hand for them, and by a loop over the
accounts.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from csplatform.bench.world import DAY, world
from metrics.pipeline import nightly

SIZES = {"small": 20_000, "big": 100_000}
EVENTS_EACH = 30


class Stopwatch:
    """Seconds by stage, as the night names them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "", time.monotonic()

    def __call__(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[self._stage] = now - self._since
        self._stage, self._since = stage, now


class Command(BaseCommand):
    help = "Time a night on a generated book, in a tenant of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="small")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = SIZES[options["size"]]
        call_command("migrate", stdout=self.stdout)
        watch = Stopwatch()
        with world(accounts=accounts, events_each=EVENTS_EACH) as tenant:
            watch("first night")
            with nightly.one_at_a_time(tenant):
                nightly.compute(tenant=tenant, day=DAY, at_stage=watch)
            watch("")
        for stage, seconds in watch.seconds.items():
            self.stdout.write(f"{stage:<12}{seconds:8.2f} s")
