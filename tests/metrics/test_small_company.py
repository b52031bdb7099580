"""A company in a database of its own: its rules, a workbook of rows, its cohort and its goal."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from pytest_django.plugin import DjangoDbBlocker

from metrics.analysis.cohorts import cohorts, members
from metrics.analysis.goals import Progress, progress
from metrics.catalogue import METRICS
from metrics.models import Goal, Night
from tenants.context import inside
from tests.metrics import worked
from tests.metrics.june_2024 import HEAD, JUNE
from tests.metrics.rest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def program(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    files = {
        "accounts": "external_id,name\na,=1+1\nb,Bee\n",
        "subscriptions": f"{HEAD},ended_on\ns,a,P,10,month,2024-05-01,\n"
        "t,b,P,30,month,2024-05-20,2024-06-10\n",
        "goals": "external_id,metric,target,starts_on,due_on\ng,mrr,60,2024-05-31,2024-07-31\n",
    }
    with django_db_blocker.unblock(), worked.company("rules", files, JUNE) as caller:
        yield caller


def test_the_rules_are_read_over_rest_and_changed_by_admins_alone(program: Caller) -> None:
    assert program.read("rules/")["churn_at"] == "period_end"
    body = {"churn_at": "cancellation"}
    answer = program.client.patch("/api/v1/rules/", body, content_type="application/json")
    assert answer.status_code == 403


def test_a_workbook_has_the_rows_of_the_file(program: Caller) -> None:
    query = {"date": JUNE.isoformat(), "period": "month", "format": "xlsx"}
    answer = program.get("kpis/mrr/rows/", **query)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet is not None
    head, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    result = dict(zip(head, row, strict=True))
    # A name that begins like a formula stays a name.
    assert (result["account_name"], result["counts"]) == ("=1+1", 10)
    assert sheet.cell(2, head.index("account_name") + 1).data_type == "s"


def test_a_cohort_says_who_is_left_of_it(program: Caller) -> None:
    with inside("acme"):
        (may,) = cohorts(JUNE, months=12)
        assert (may.month, may.size) == (date(2024, 5, 1), 2)
        result = [[cell.customers, cell.share, cell.mrr, cell.mrr_share] for cell in may.cells]
        assert result == [[2, 100, 40, 100], [1, 50, 10, 25]]
        rows = members(date(2024, 5, 1), on=JUNE).values_list("external_id", "here", "mrr_then")
        assert list(rows) == [("a", True, 10), ("b", False, 0)]


def standing(goal: Goal) -> Progress:
    return progress(goal, metric=METRICS[goal.metric], day=JUNE, first_weekday=1)


def test_a_goal_says_how_far_it_is(program: Caller) -> None:
    with inside("acme"):
        result = standing(Goal.objects.get())
        # From 40 towards 60, and now at 10.
        assert [result.then.value, result.now.value] == [40, 10]
        assert result.percent == 0
        assert result.state == "behind"
        Night.objects.all().delete()
        goal = Goal(metric="mrr", target=10, starts_on=date(2024, 5, 31), due_on=JUNE)
        assert standing(goal).state == "reached"
        lower = Goal(metric="customer_churn_rate", target=20, starts_on=goal.starts_on, due_on=JUNE)
        assert standing(lower).state == "missed"
