"""Tenants in every state that one can be in, each made in a moment and rolled back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from accounts.models import Account, Activity, Contact, Import, Job, Purchase, Subscription
from metrics.models import Goal, Night
from metrics.pipeline.account_metrics import compute_account_metrics
from metrics.pipeline.health import publish, score
from support.models import Ticket
from surveys.models import Response, Survey
from tenants.models import Tenant
from usage.models import Event

D = date(2026, 10, 31)
State = Callable[[Tenant], None]
NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)


def light_night() -> None:
    """The part of a night that lists and scorecards rest on; the long proof runs the whole."""
    compute_account_metrics(day=D)
    score(day=D)
    publish(day=D)
    Night.objects.get_or_create(day=D, defaults={"computed_at": NOON})


def empty(tenant: Tenant) -> None:
    pass


def empty_with_a_night(tenant: Tenant) -> None:
    light_night()


def one_new_account(tenant: Tenant) -> None:
    Account.objects.create(pk=1, external_id="A-1", name="New")


def one_account_of_the_future(tenant: Tenant) -> None:
    starts = timezone.now().date() + timedelta(days=40)
    Account.objects.create(pk=1, external_id="A-1", name="January", created_on=starts)
    light_night()


def a_new_account_after_the_night(tenant: Tenant) -> None:
    subscriptions_alone(tenant)
    Account.objects.create(pk=2, external_id="A-2", name="New")


def accounts_alone(tenant: Tenant) -> None:
    one_new_account(tenant)
    light_night()


def subscriptions_alone(tenant: Tenant) -> None:
    one_new_account(tenant)
    _sold()
    light_night()


def _sold() -> None:
    Subscription.objects.create(
        pk=1,
        external_id="S-1",
        account_id=1,
        plan="Pro",
        amount=100,
        currency="EUR",
        interval="month",
        started_on=date(2026, 1, 1),
    )


def subscriptions_before_any_night(tenant: Tenant) -> None:
    one_new_account(tenant)
    _sold()


def purchases_alone(tenant: Tenant) -> None:
    one_new_account(tenant)
    for number, day in enumerate((date(2026, 8, 1), date(2026, 10, 3)), start=1):
        Purchase.objects.create(
            pk=number,
            external_id=f"P-{number}",
            account_id=1,
            occurred_on=day,
            amount=12,
            currency="EUR",
        )
    light_night()


def answers_alone(tenant: Tenant) -> None:
    one_new_account(tenant)
    survey = Survey.objects.create(pk=1, key="nps", name="NPS", kind="nps")
    Response.objects.create(pk=1, external_id="R-1", survey=survey, kind="nps", answered_at=NOON)
    light_night()


def rows_without_what_is_optional(tenant: Tenant) -> None:
    """A row of every kind that has a relation which may be missing, without it."""
    subscriptions_alone(tenant)
    Contact.objects.create(pk=1, external_id="C-1", account_id=1)
    survey = Survey.objects.create(pk=1, key="nps", name="NPS", kind="nps")
    Response.objects.create(
        pk=1, external_id="R-1", survey=survey, kind="nps", score=9, answered_at=NOON
    )
    Ticket.objects.create(
        pk=1, external_id="T-1", account_id=1, subject="Help", status="new", opened_at=NOON
    )
    Activity.objects.create(pk=1, external_id="V-1", account_id=1, kind="call", at=NOON)
    Event.objects.create(
        pk=1,
        account_id=1,
        message_id="M-1",
        occurred_at=NOON,
        user_id="u",
        event="opened",
    )
    Goal.objects.create(
        pk=1, external_id="G-1", metric="nps", target=1, starts_on=D, due_on=D + timedelta(days=1)
    )
    Job.objects.create(pk=1, kind="check", subject="Nobody's")
    Import.objects.create(pk=1, kind="accounts", source="command", name="a.csv", state="done")
    light_night()


STATES: dict[str, State] = {
    state.__name__: state
    for state in (
        empty,
        empty_with_a_night,
        one_new_account,
        one_account_of_the_future,
        a_new_account_after_the_night,
        accounts_alone,
        subscriptions_alone,
        subscriptions_before_any_night,
        purchases_alone,
        answers_alone,
        rows_without_what_is_optional,
    )
}
