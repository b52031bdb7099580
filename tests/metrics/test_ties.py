"""What happened at one moment, in either order of arrival: the greater external id is the later."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, Activity, FunnelStep, OnboardingStep
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import Reading
from metrics.figures.segments import Segment
from metrics.health.scorecard import measured_values
from metrics.pipeline.account_metrics import compute_account_metrics
from metrics.windows.periods import Period
from surveys.models import Response
from tenants.models import Tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 31)
AT = "2026-05-10T12:00:00Z"


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    send("contacts", "external_id,account_external_id,name\nk,a,Kim\n")
    return send


def read(key: str, variant: str = "", segment: Segment | None = None) -> Reading:
    query = KpiQuery(day=MAY, period=Period.MONTH, segment=segment)
    return KpiReader(query).compare(METRICS[key], variant).reading


def measured(key: str, account: str = "a") -> Decimal | None:
    compute_account_metrics(day=MAY)
    return measured_values(account=Account.objects.get(external_id=account), day=MAY)[key]


def either_way(
    send: Sending, kind: str, head: str, rows: list[str], found: Callable[[], object]
) -> list[object]:
    """What is found when the rows come in one by one in this order, and in the other."""
    results = []
    for order in (rows, rows[::-1]):
        for model in (Response, Activity, FunnelStep, OnboardingStep):
            model._default_manager.all().delete()
        for row in order:
            assert send(kind, f"{head}\n{row}\n")[3] == 0, send.faults
        results.append(found())
    return results


ANSWER = "external_id,survey,kind,score,account_external_id,contact_external_id,answered_at"
ANSWERS = [f"a-10,q,nps,10,a,k,{AT}", f"a-2,q,nps,3,a,k,{AT}"]


def test_of_two_answers_the_one_of_the_greater_id_is_the_latest(send: Sending) -> None:
    latest = either_way(
        send, "responses", ANSWER, ANSWERS, lambda: read("nps", "latest_per_contact").value
    )
    assert latest == [-100, -100]


def test_and_the_last_of_its_account(send: Sending) -> None:
    last = either_way(send, "responses", ANSWER, ANSWERS, lambda: measured("last_nps"))
    assert last == [3, 3]


def test_of_two_impressions_the_one_of_the_greater_id_is_the_last(send: Sending) -> None:
    head = "external_id,account_external_id,kind,at,sentiment"
    rows = [f"n-9,a,note,{AT},5", f"n-10,a,note,{AT},1", f"N-9,a,note,{AT},2"]
    last = either_way(send, "activities", head, rows, lambda: measured("sentiment"))
    assert last == [5, 5]


STEP = "visitor_id,goal,stage,occurred_at,source,account_external_id"


def test_who_became_a_lead_for_two_goals_at_once_is_one_of_the_lesser(send: Sending) -> None:
    rows = [f"v,register,lead,{AT},,", f"v,Subscribe,lead,{AT},,"]

    def by_goal() -> list[object]:
        segments = (Segment("goal", goal) for goal in ("Subscribe", "register"))
        return [read("leads").value, *(read("leads", segment=one).value for one in segments)]

    found = either_way(send, "funnel", STEP, rows, by_goal)
    assert found == [[1, 1, 0], [1, 1, 0]]


def test_a_visitor_is_of_the_account_of_the_latest_step(send: Sending) -> None:
    rows = [
        f"v,buy,visit,{AT},,b",
        f"v,buy,lead,{AT},,a",
        "v,buy,conversion,2026-05-09T12:00:00Z,,a",
    ]

    def whose() -> object:
        visitors = METRICS["conversion_rate"].variants["of_visitors"].denominator
        assert visitors is not None
        [account] = visitors.rows(read("leads").window).values_list("account_id", flat=True)
        return Account.objects.get(pk=account).external_id

    assert either_way(send, "funnel", STEP, rows, whose) == ["b", "b"]


def test_of_two_steps_of_onboarding_the_greater_is_the_later(send: Sending) -> None:
    rows = [f"a,live,{AT}", f"a,Data in,{AT}"]

    def stuck() -> list[object]:
        segments = (Segment("step", step) for step in ("live", "Data in"))
        found = [read("onboarding_completion_rate", segment=one) for one in segments]
        return [one.denominator for one in found]

    head = "account_external_id,step,reached_at"
    assert either_way(send, "onboarding", head, rows, stuck) == [[1, 0], [1, 0]]


EVENT = "message_id,occurred_at,user_id,account_external_id,event"


def test_who_works_in_two_accounts_is_two_users_and_one_of_the_people(send: Sending) -> None:
    at = "2026-05-31T12:00:00Z"
    send("events", f"{EVENT}\n1,{at},u,a,open\n2,{at},u,b,open\n3,{at},v,b,open\n")
    for key in ("dau", "wau", "mau"):
        assert [read(key).value, read(key, "people").value] == [3, 2]
    of_a = read("mau", "people", Segment("segment", ""))
    assert of_a.value is None
    assert "whole" in str(of_a.reason)
