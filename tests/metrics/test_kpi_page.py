"""The page of a metric: its parts, and what it is made of."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metrics.catalogue import METRICS
from metrics.figures.preferences import variant_for
from metrics.figures.readers import measures_needed
from metrics.models import Goal
from metrics.windows.periods import Period, window_for
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
# Those that are readable without a fact: what an unknown number is made of is not shown.
MADE_OF_OTHERS = [
    ("clv", "purchases", "××"),
    ("clv_cac_ratio", "annual", "×÷"),
    ("profit_per_customer", "annual", "×−"),
]


def test_each_part_of_a_number_has_its_button(alice: Client) -> None:
    page = alice.get("/kpis/customer_churn_rate/?date=2026-06-30&period=month")
    buttons = re.findall(r'href="[^"]*part=(\w+)[^"]*"[^>]*>([^<]+)</a>', page.content.decode())
    assert ("numerator", "Numerator") in buttons
    assert ("denominator", "Denominator") in buttons


@pytest.mark.parametrize(("key", "variant", "signs"), MADE_OF_OTHERS)
def test_each_factor_of_a_number_stands_beside_its_operator(
    alice: Client, key: str, variant: str, signs: str
) -> None:
    page = alice.get(f"/kpis/{key}/?date=2026-06-30&period=month&variant={variant}")
    made_of = page.content.decode().split('id="made-title"')[1].split("</section>")[0]
    assert "".join(re.findall(r"<td>([×÷−])</td>", made_of)) == signs


@pytest.mark.parametrize(("language", "edit"), [("ar", "تعديل"), ("pl", "Edytuj")])
def test_a_goal_that_cannot_be_computed_is_edited_by_a_verb(
    acme: Tenant, alice: Client, language: str, edit: str
) -> None:
    goal = Goal.objects.create(
        external_id="bad", metric="luck", target=1, starts_on="2026-01-01", due_on="2026-12-31"
    )
    page = alice.get("/goals/", headers={"accept-language": language}).content.decode()
    assert f'<a href="/goals/{goal.pk}/">{edit}</a>' in page


def test_what_no_night_has_stored_takes_one_statement_for_each_source_of_rows(
    acme: Tenant, alice: Client
) -> None:
    definitions = [(metric, variant_for(metric)) for metric in METRICS.values()]
    window = window_for(period=Period.MONTH, day=date(2026, 6, 30))
    measures = list(measures_needed((definition, window) for definition in definitions))
    with CaptureQueriesContext(connection) as asked:
        page = alice.get("/kpis/?date=2026-06-30&period=month")
    assert page.status_code == 200
    totals = [one["sql"] for one in asked.captured_queries if one["sql"].endswith(") rows")]
    assert len(measures) > 80
    assert 30 < len(totals) < 60


def test_the_rows_behind_a_number_are_planned_for_whole_tables(acme: Tenant, alice: Client) -> None:
    """A view that looks small to the planner would be read once for each of its rows."""
    with CaptureQueriesContext(connection) as asked:
        assert alice.get("/kpis/fcr/").status_code == 200
    statements = [one["sql"] for one in asked.captured_queries]
    planned = next(n for n, one in enumerate(statements) if "'enable_nestloop', 'off'" in one)
    counted = [n for n, one in enumerate(statements) if one.startswith("SELECT COUNT(*)")]
    assert counted
    assert min(counted) > planned
