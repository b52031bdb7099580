"""A new account is in every list at once, and has figures soon: one short night for a burst."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import figures_jobs, jobs
from accounts.imports.undoing import undo
from accounts.models import Account, AccountNow, Job
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.models import HealthScore, HealthStatus, Night
from tenants import nights
from tenants.calendar import last_closed_day
from tenants.context import tenant_connection
from tenants.models import Due, NightRun, Tenant
from tests import states
from tests.accounts.files import Sending
from tests.conftest import client_of

NEW = "New: scored tonight"
ONE = "external_id,name\nA-1,Tidy Co\n"


def home(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def rest(client: Client) -> None:
    body = {"external_id": "A-1", "name": "Tidy Co"}
    answer = client.post("/api/v1/accounts/", body, content_type="application/json")
    assert answer.status_code == 201


def form(client: Client) -> None:
    body = {"external_id": "A-1", "name": "Tidy Co"}
    assert client.post("/data/rows/accounts/new/", body).status_code == 302


def file(client: Client) -> None:
    assert Sending(tenant_connection().tenant)("accounts", ONE) == (1, 0, 0, 0)


@pytest.mark.parametrize("way", [rest, form, file])
def test_a_new_account_is_on_home_at_once(way: object, acme: Tenant) -> None:
    client = client_of("alice@acme.test")
    assert callable(way)
    way(client)
    shown = home(client)
    assert "Tidy Co" in shown
    assert NEW in shown
    assert NEW in client.get(f"/accounts/{Account.objects.get().pk}/").content.decode()


def test_an_account_of_the_future_says_when_it_starts(acme: Tenant) -> None:
    states.one_account_of_the_future(acme)
    Account.objects.update(created_on=date(2199, 1, 1))
    client = client_of("alice@acme.test")
    for path in ("/", "/accounts/1/"):
        assert "Starts on Jan 1, 2199" in client.get(path).content.decode()
    assert NEW not in home(client)


def test_any_way_of_creating_accounts_gives_them_a_row(acme: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_account (external_id, name, stage, segment, industry, country,"
            " region, owner_email, owner_name, domain, currency, language, is_test, attributes)"
            " SELECT n::text, 'x', '', '', '', '', '', '', '', '', '', '', false, '{}'"
            " FROM generate_series(1, 3) n"
        )
    assert AccountNow.objects.filter(day=None, score=None, mrr=None, status="").count() == 3


def test_undo_and_delete_take_the_row_away(acme: Tenant) -> None:
    send = Sending(acme)
    send("accounts", ONE)
    assert undo(entry=send.entry, tenant=acme)["removed"] == 1
    assert not AccountNow.objects.exists()
    send("accounts", ONE)
    assert client_of("alice@acme.test").delete("/api/v1/accounts/A-1/").status_code == 204
    assert not AccountNow.objects.exists()


def test_the_night_scores_who_is_there_and_leaves_who_is_not(acme: Tenant) -> None:
    states.one_account_of_the_future(acme)
    Account.objects.create(pk=2, external_id="A-2", name="Here")
    states.light_night()
    found = dict(AccountNow.objects.values_list("account", "day"))
    assert found == {1: None, 2: states.D}


def query() -> list[Job]:
    return list(Job.objects.filter(kind=figures_jobs.SHORT_NIGHT).order_by("pk"))


def test_a_burst_of_imports_asks_for_one_short_night(committed_acme: Tenant) -> None:
    send = Sending(committed_acme)
    send("accounts", ONE)
    send("accounts", ONE)  # changes nothing, asks for nothing
    send("contacts", "external_id,account_external_id\nC-1,A-1\n")
    rest_ = {"external_id": "A-2", "name": "Second"}
    client_of("alice@acme.test").post("/api/v1/accounts/", rest_, content_type="application/json")
    (job,) = query()
    place = Due.objects.using("ledger").get(job=job.pk)
    assert timezone.now() < place.due_at < timezone.now() + timedelta(seconds=11)


def test_a_trial_asks_for_nothing(committed_acme: Tenant) -> None:
    Sending(committed_acme)("accounts", ONE, dry_run=True)
    assert query() == []


def run(job: Job) -> Job:
    jobs.run(number=job.pk)
    job.refresh_from_db()
    assert job.error == ""
    return job


def test_the_short_night_gives_home_its_figures_and_is_not_run_twice(
    committed_acme: Tenant,
) -> None:
    send = Sending(committed_acme)
    send("accounts", ONE)
    send("subscriptions", SOLD)
    day = last_closed_day(moment=timezone.now(), zone=committed_acme.timezone)
    assert run(query()[0]).result == {"day": day.isoformat(), "computed": True}
    now = AccountNow.objects.get()
    assert now.day == day
    assert now.mrr == 50
    assert "€50.00" in home(client_of("alice@acme.test"))
    ledger = NightRun.objects.using("ledger").get(tenant_id=committed_acme.pk)
    assert (ledger.local_date, ledger.state) == (day, "done")
    figures_jobs.request(figures_jobs.SHORT_NIGHT, schema_name="acme")
    assert run(query()[-1]).result == {"day": day.isoformat(), "computed": False}


SOLD = (
    "external_id,account_external_id,plan,amount,currency,interval,started_on\n"
    "S-1,A-1,Pro,50,EUR,month,2026-01-01\n"
)


def test_older_nights_wait_for_the_night(committed_acme: Tenant) -> None:
    Sending(committed_acme)("accounts", ONE)
    Sending(committed_acme)("subscriptions", SOLD)
    day = last_closed_day(moment=timezone.now(), zone=committed_acme.timezone)
    for one in (day - timedelta(days=1), day):
        Night.objects.create(day=one, computed_at=timezone.now())
    run(query()[0])
    found = list(Night.objects.order_by("day").values_list("stale", flat=True))
    assert found == [True, False]
    assert AccountNow.objects.get().mrr == 50


def test_while_the_night_runs_the_short_night_is_asked_for_again(committed_acme: Tenant) -> None:
    Sending(committed_acme)("accounts", ONE)
    day = last_closed_day(moment=timezone.now(), zone=committed_acme.timezone)
    with nights.attempt(tenant=committed_acme, day=day, by_hand=True):
        assert run(query()[0]).result["computed"] is False
    assert [job.state for job in query()] == ["done", "queued"]
    assert not Night.objects.exists()


def test_the_longer_it_took_the_longer_the_next_one_waits(acme: Tenant) -> None:
    now = timezone.now()
    assert figures_jobs.delay(figures_jobs.SHORT_NIGHT, now=now) == 10
    Job.objects.create(
        kind=figures_jobs.SHORT_NIGHT,
        state="done",
        started_at=now - timedelta(seconds=100),
        finished_at=now - timedelta(seconds=40),
    )
    assert figures_jobs.delay(figures_jobs.SHORT_NIGHT, now=now) == 60 * figures_jobs.REST - 40


@pytest.mark.parametrize(
    ("earlier", "change"),
    [(date(2026, 9, 30), 10), (date(2026, 9, 24), 10), (date(2026, 9, 23), None)],
)
def test_health_is_compared_with_the_last_night_in_the_week_up_to_the_end_of_the_month_before(
    acme: Tenant, earlier: date, change: int | None
) -> None:
    states.subscriptions_alone(acme)
    score = HealthScore.objects.get(day=states.D)
    assert score.score is not None
    before = score.score - 10
    score.day, score.score = earlier, before
    score.save(force_insert=True)
    found = KpiReader(KpiQuery(day=states.D)).compare(METRICS["mean_health"])
    assert (found.reading.value, found.change) == (before + 10, change)


@pytest.mark.parametrize(("metric", "change"), [("accounts_at_risk", 1), ("mrr_at_risk", 100)])
def test_what_is_at_risk_is_compared_with_an_earlier_night_too(
    acme: Tenant, metric: str, change: int
) -> None:
    states.subscriptions_alone(acme)
    score = HealthScore.objects.get(day=states.D)
    score.status = HealthStatus.RED
    score.save()
    score.day, score.status = date(2026, 9, 30), HealthStatus.GREEN
    score.save(force_insert=True)
    found = KpiReader(KpiQuery(day=states.D)).compare(METRICS[metric])
    assert [found.reading.value, found.change] == [change, change]


def test_home_shows_what_the_tenant_sells_and_nothing_that_has_no_data(acme: Tenant) -> None:
    states.purchases_alone(acme)
    shown = [one.metric.key for one in client_of("alice@acme.test").get("/").context["kpis"]]
    sold = ["non_recurring_revenue", "customers", "average_purchase_value", "purchase_frequency"]
    assert shown == sold


STEPS = ["Import your accounts", "Import their subscriptions", "Invite your team"]


@pytest.mark.parametrize(
    ("person", "steps"),
    [("alice", [*STEPS, "Review the health score"]), ("bob", STEPS[:2]), ("vera", [])],
)
def test_an_empty_home_has_the_steps_that_one_may_do(
    acme: Tenant, person: str, steps: list[str]
) -> None:
    client = client_of(f"{person}@acme.test")
    answer = client.get("/")
    page = answer.content.decode()
    assert [str(one.text) for one in answer.context["steps"]] == steps
    assert all(client.get(one.url).status_code == 200 for one in answer.context["steps"])
    assert "manage.py" not in page
    assert "unchanged" not in page
    assert ("Explore with sample data" in page) == (person == "alice")
    assert ("Your admins can import your customers:" in page) == (person == "vera")


def test_the_list_of_steps_says_what_is_done(acme: Tenant) -> None:
    states.one_new_account(acme)
    steps = client_of("alice@acme.test").get("/").context["steps"]
    assert [one.done for one in steps] == [True, False, True, False]
