"""`manage.py run_night`: one night, or a range of them, here and now."""

import time
from argparse import ArgumentParser
from datetime import date, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone
from tqdm import tqdm

from accounts.bounds import ExcludedRow
from metrics.pipeline import nightly
from tenants import nights
from tenants.calendar import last_closed_day
from tenants.context import NoSuchTenant, find, inside
from tenants.models import Tenant
from tenants.typing import Options


class Command(BaseCommand):
    help = "Compute the figures of past days; without a date, of the last day that is closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--from", dest="first", type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=_day, metavar="YYYY-MM-DD")

    def handle(self, *args: object, slug: str, **options: object) -> None:
        try:
            tenant = find(slug=slug)
            with inside(tenant.schema_name):
                self._run(tenant, _days(tenant, options))
        except (NoSuchTenant, nights.NightUnavailable) as problem:
            raise CommandError(str(problem), returncode=2) from problem

    def _run(self, tenant: Tenant, days: list[date]) -> None:
        for day in tqdm(days, unit="night", file=self.stderr, disable=len(days) == 1):
            for row in _night(tenant, day):
                self.stderr.write(f"{tenant.slug}: excluded from {day}: {row}")
        for day in nightly.stale_days():
            _night(tenant, day)
        self.stdout.write(f"{tenant.slug}: {len(days)} nights run, the last of {days[-1]}")


def _night(tenant: Tenant, day: date) -> list[ExcludedRow]:
    try:
        return _run_in_turn(tenant, day)
    except (Error, ArithmeticError) as problem:
        reason = str(problem).partition("\n")[0] or type(problem).__name__
        raise CommandError(f"The night of {day} failed: {reason}", returncode=1) from problem


def _run_in_turn(tenant: Tenant, day: date) -> list[ExcludedRow]:
    """Run a night; one that somebody else runs (after an import, say) is waited for a while."""
    end = time.monotonic() + settings.NIGHT_STOPPED_AFTER_SECONDS
    while True:
        try:
            return nightly.run(tenant=tenant, day=day, by_hand=True)
        except nights.NightUnavailable:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"“{text}” is not a date like 2026-01-31.", returncode=2) from problem


def _days(tenant: Tenant, options: Options) -> list[date]:
    query, first, last = options["date"], options["first"], options["last"]
    newest = last_closed_day(moment=timezone.now(), zone=tenant.timezone)
    if query and (first or last):
        raise CommandError("Give either --date, or --from and --to.", returncode=2)
    if bool(first) != bool(last):
        raise CommandError("--from and --to go together.", returncode=2)
    start, end = (first, last) if first else (query or newest, query or newest)
    if start > end:
        raise CommandError(f"{start} is after {end}.", returncode=2)
    if end > newest:
        raise CommandError(f"{end} is not over yet: the last closed day is {newest}.", returncode=2)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
