"""A past day again, now that facts of later days are there: every number is what it was."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.db.models import Q

from accounts.models import OnboardingStep
from metrics.pipeline.nightly import compute
from tenants.models import Tenant
from tests.metrics import worked
from tests.metrics.dumps import dump, empty_derived_tables
from tests.metrics.test_worked_customers import FILES

# Before anybody had gone live, and when somebody had.
DAYS = (date(2026, 3, 4), date(2026, 3, 12))
# When a row of a kind began to be; of the others all rows are known from the first.
BEGAN = {
    "subscriptions": "started_on",
    "subscription_changes": "effective_on",
    "purchases": "occurred_on",
    "costs": "occurred_on",
    "funnel": "occurred_at",
    "onboarding": "reached_at",
    "tickets": "opened_at",
    "ticket_events": "at",
    "incidents": "started_at",
    "events": "occurred_at",
}


def until(day: date, kind: str, text: str) -> str:
    """The rows of a file that were there at the end of a day."""
    reader = csv.DictReader(StringIO(text))
    output = StringIO()
    writer = csv.DictWriter(output, reader.fieldnames or [])
    writer.writeheader()
    began = BEGAN.get(kind)
    writer.writerows(row for row in reader if not began or row[began][:10] <= str(day))
    return output.getvalue()


@pytest.mark.long
@pytest.mark.parametrize("day", DAYS)
def test_facts_of_later_days_change_nothing_of_a_day(committed_acme: Tenant, day: date) -> None:
    worked.import_files(
        committed_acme, {kind: until(day, kind, text) for kind, text in FILES.items()}
    )
    compute(tenant=committed_acme, day=day, at_stage=lambda stage: None)
    in_time = dump(only=Q(day__lte=day))
    worked.import_files(committed_acme, FILES)
    empty_derived_tables()
    compute(tenant=committed_acme, day=day, at_stage=lambda stage: None)
    assert dump(only=Q(day__lte=day)) == in_time
    assert OnboardingStep.objects.filter(reached_at__date__gt=day).exists()
