"""One row of every fact beside accounts, contacts and subscriptions."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import (
    Activity,
    ColumnMapping,
    Cost,
    FunnelStep,
    IdempotentAnswer,
    Import,
    Job,
    Measurement,
    OnboardingStep,
    PastMembership,
    Purchase,
    Renewal,
    SubscriptionChange,
)
from accounts.models.membership import CUT_BY
from metrics.models import Goal, OwnMetric
from support.models import Incident, SlaTarget, Ticket, TicketEntry
from surveys.models import Response, Survey
from usage.models import Event

NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)
Marked = Callable[[str], str]


def store(*, text: Marked, pk: int = 1, parents: int = 1) -> None:
    """Rows with the id `pk`, of the account, contact and subscription `parents`."""
    _money(text, {"pk": pk}, parents)
    _care(text, {"pk": pk}, parents)
    _journey(text, {"pk": pk}, parents)
    _support(text, {"pk": pk}, parents)
    _answers(text, {"pk": pk}, parents)
    Event.objects.create(
        pk=pk,
        account_id=parents,
        message_id=text("event.message_id"),
        occurred_at=NOON,
        user_id=text("event.user_id"),
        event=text("event.event"),
        feature=text("event.feature"),
        session_id=text("event.session_id"),
        properties={"canary": text("event.properties")},
    )
    _goal(text, {"pk": pk})
    _own_metric(text, {"pk": pk})
    _work(text, {"pk": pk})


def _money(text: Marked, key: dict[str, Any], parents: int) -> None:
    SubscriptionChange.objects.create(
        **key, subscription_id=parents, effective_on=date(2024, 2, 1), plan=text("change.plan")
    )
    Renewal.objects.create(**key, subscription_id=parents, due_on=date(2025, 1, 1))
    Purchase.objects.create(
        **key,
        account_id=parents,
        external_id=text("purchase.external_id"),
        occurred_on=NOON.date(),
        amount=12,
        currency="EUR",
        description=text("purchase.description"),
    )
    Cost.objects.create(
        **key,
        month=date(2024, 6, 1),
        category="sales",
        segment=text("cost.segment"),
        amount=100,
        currency="EUR",
    )


def _care(text: Marked, key: dict[str, Any], parents: int) -> None:
    Activity.objects.create(
        **key,
        account_id=parents,
        contact_id=parents,
        external_id=text("activity.external_id"),
        kind="call",
        at=NOON,
        author_email=f"{text('author').lower()}@x.test",
        text=text("activity.text"),
        sentiment=4,
    )
    PastMembership.objects.create(
        **key,
        account_id=parents,
        until=date(2024, 1, 1),
        **{column: text(f"past.{column}") for column in CUT_BY},
    )
    Measurement.objects.create(
        **key, account_id=parents, key=text("measurement.key"), day=NOON.date(), value=7
    )


def _journey(text: Marked, key: dict[str, Any], parents: int) -> None:
    FunnelStep.objects.create(
        **key,
        visitor_id=text("funnel.visitor_id"),
        goal=text("funnel.goal"),
        stage="conversion",
        source=text("funnel.source"),
        occurred_at=NOON,
        account_id=parents,
    )
    OnboardingStep.objects.create(
        **key, account_id=parents, step=text("onboarding.step"), reached_at=NOON
    )


def _support(text: Marked, key: dict[str, Any], parents: int) -> None:
    ticket = Ticket.objects.create(
        **key,
        account_id=parents,
        contact_id=parents,
        external_id=text("ticket.external_id"),
        subject=text("ticket.subject"),
        status="solved",
        channel=text("ticket.channel"),
        opened_at=NOON,
        solved_at=NOON,
        team=text("ticket.team"),
        tags=text("ticket.tags"),
        assignee_email=f"{text('agent').lower()}@x.test",
    )
    TicketEntry.objects.create(
        **key,
        ticket=ticket,
        external_id=text("ticketentry.external_id"),
        at=NOON,
        kind="message",
        author="agent",
        assignee_email=f"{text('agent').lower()}@x.test",
        team=text("ticketentry.team"),
        body=text("ticketentry.body"),
    )
    SlaTarget.objects.create(
        **key, priority=("low", "high")[key["pk"] % 2], first_response_minutes=60
    )
    Incident.objects.create(
        **key,
        external_id=text("incident.external_id"),
        title=text("incident.title"),
        started_at=NOON,
        ended_at=NOON,
    )


def _answers(text: Marked, key: dict[str, Any], parents: int) -> None:
    survey = Survey.objects.create(
        **key, key=text("survey.key"), name=text("survey.name"), kind="nps"
    )
    Response.objects.create(
        **key,
        survey=survey,
        kind="nps",
        score=9,
        account_id=parents,
        contact_id=parents,
        external_id=text("response.external_id"),
        comment=text("response.comment"),
        language=text("language"),
        channel=text("response.channel"),
        touchpoint=text("response.touchpoint"),
        answered_at=NOON,
    )


def _goal(text: Marked, key: dict[str, Any]) -> None:
    Goal.objects.create(
        **key,
        external_id=text("goal.external_id"),
        metric="mrr",
        variant="all",
        segment=f"segment:{text('acc.segment')}",
        target=4_000_000,
        starts_on=date(2024, 1, 1),
        due_on=date(2024, 12, 31),
        owner_email=f"{text('owner').lower()}@x.test",
        note=text("goal.note"),
    )


def _own_metric(text: Marked, key: dict[str, Any]) -> None:
    OwnMetric.objects.create(
        **key,
        key=f"own_{key['pk']}",
        name=text("ownmetric.name"),
        name_ar=text("ownmetric.name_ar"),
        name_fa=text("ownmetric.name_fa"),
        name_pl=text("ownmetric.name_pl"),
        named=text("measurement.key"),
        feature=text("ownmetric.feature"),
        property=text("ownmetric.property"),
    )


def _work(text: Marked, key: dict[str, Any]) -> None:
    job = Job.objects.create(
        **key,
        kind="import",
        state="done",
        subject=text("job.subject"),
        error=text("job.error"),
        parameters={"canary": text("job.parameters")},
        result={"canary": text("job.result")},
        owner_id=1,
    )
    entry = Import(
        **key,
        kind="accounts",
        source="file",
        state="done",
        name=text("import.name"),
        mapping={text("import.mapping"): ""},
        options={"sheet": text("import.options")},
        question={"option": text("import.question"), "choices": [], "reason": ""},
        assumptions=[text("import.assumptions")],
        unknown_values={"stage": [text("import.unknown_values")]},
        refusal=text("import.refusal"),
        changes=[{"row": 2, "columns": [["name", text("import.changes"), None]]}],
        left=[{"model": "accounts.account", "row": text("import.left"), "reason": "used"}],
        undoing={"canary": text("import.undoing")},
        rejected=1,
        job=job,
    )
    store_rejects(entry, text("import.rejects"))
    entry.save(force_insert=True)
    ColumnMapping.objects.create(
        **key, kind="accounts", header=text("mapping.header"), column=text("mapping.column")
    )
    IdempotentAnswer.objects.create(
        **key, key=text("answer.key"), caller="key:x", request="x", body=text("answer.body")
    )


def store_rejects(entry: Import, value: str) -> None:
    """Store a file with one rejected row, and note it in the import."""
    rejected = f"external_id,line,column,value,reason\nx,2,name,,{value}\n"
    entry.rejects.save("rejected.csv", ContentFile(rejected.encode()), save=False)
