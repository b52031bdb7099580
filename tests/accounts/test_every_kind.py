"""Every kind of file: good rows in, each bad one named, mended rejects complete it."""

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.options import ImportOptions
from surveys.models import Survey
from tenants.models import Tenant
from tests.accounts.files import Sending, text
from usage.models import Event

pytestmark = pytest.mark.django_db

TOO_LONG = "x" * 20_001
TIMES = [
    ({"{at}": "yesterday"}, "moment"),
    ({"{at}": "2024-02-30T10:00:00Z"}, "moment"),
    ({"{at}": "2024-05-01T25:00:00Z"}, "moment"),
    ({"{at}": "2024-05-01T10:00:00+15:00"}, "moment"),
    ({"{at}": ""}, "required"),
]
DATES = [
    ({"{at}": "soon"}, "date"),
    ({"{at}": "2024-02-30"}, "date"),
    ({"{at}": "31.02.2024"}, "date"),
    ({"{at}": "2024-13-01"}, "date"),
    ({"{at}": ""}, "required"),
]
AMOUNTS = [("-1", "negative"), ("1,5,5", "comma"), ("NaN", "amount"), ("1e3", "amount")]


@dataclass
class Sample:
    """A good row of a kind (with {n}, its number), and what can be wrong with one."""

    good: dict[str, str]
    faults: list[tuple[str, str, str]]


def dates(column: str) -> list[tuple[str, str, str]]:
    return [(column, change["{at}"], code) for change, code in DATES]


def moments(column: str) -> list[tuple[str, str, str]]:
    return [(column, change["{at}"], code) for change, code in TIMES]


def amounts(column: str) -> list[tuple[str, str, str]]:
    return [(column, cell, code) for cell, code in AMOUNTS]


def unknown(column: str) -> list[tuple[str, str, str]]:
    return [(column, "nobody", "unknown"), (column, "", "required")]


SAMPLES = {
    "accounts": Sample(
        {"external_id": "x{n}", "name": "N {n}", "seats": "3", "created_on": "2024-01-01"},
        [
            *(("external_id", "", "required"), ("external_id", "x0", "repeated")),
            *(("name", "", "required"), ("name", "x" * 301, "too_long")),
            *(("seats", "-1", "count"), ("seats", "many", "count"), ("seats", "1.5", "count")),
            *dates("created_on")[:4],
        ],
    ),
    "contacts": Sample(
        {"external_id": "x{n}", "account_external_id": "a", "email": "p{n}@x.test", "left_on": ""},
        [
            *(("external_id", "", "required"), ("external_id", "x0", "repeated")),
            *unknown("account_external_id"),
            *(("email", "nobody", "email"), ("email", "a b@x.test", "email")),
            *(("external_id", "x" * 201, "too_long"), ("email", "a@b", "email")),
            *dates("left_on")[:4],
        ],
    ),
    "rates": Sample(
        {"currency": "USD", "day": "{day}", "rate": "0.9{n}"},
        [
            *(("currency", "EU", "currency"), ("currency", "", "required")),
            *(("currency", "EUR", "own_currency"), ("rate", "0", "rate"), ("rate", "-1", "rate")),
            *(("rate", "one", "rate"), ("rate", "", "required")),
            *dates("day"),
        ],
    ),
    "subscriptions": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "plan": "P",
            "currency": "EUR",
            "amount": "9",
            "interval": "month",
            "started_on": "2024-01-01",
            "discount_percent": "",
            "ended_on": "",
        },
        [
            *unknown("account_external_id"),
            *(("currency", "USD", "no_rate"), ("interval", "monthly", "choice")),
            *(("discount_percent", "101", "over_100"), ("ended_on", "2023-01-01", "before_start")),
            *amounts("amount"),
            *dates("started_on"),
        ],
    ),
    "subscription_changes": Sample(
        {"subscription_external_id": "s", "effective_on": "{day}", "amount": "9", "quantity": ""},
        [
            *unknown("subscription_external_id"),
            *amounts("amount"),
            *dates("effective_on"),
            ("effective_on", "1999-01-{day}", "before_start"),
        ],
    ),
    "renewals": Sample(
        {"subscription_external_id": "s", "due_on": "{day}", "amount": "9", "forecast": "commit"},
        [
            *unknown("subscription_external_id"),
            *amounts("amount"),
            *dates("due_on"),
            ("forecast", "surely", "choice"),
        ],
    ),
    "purchases": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "occurred_on": "2024-01-01",
            "amount": "9",
            "currency": "EUR",
            "kind": "upsell",
        },
        [
            *unknown("account_external_id"),
            *(("currency", "USD", "no_rate"), ("kind", "gift", "choice")),
            *(("external_id", "x0", "repeated"), ("external_id", "", "required")),
            *amounts("amount"),
            *dates("occurred_on"),
        ],
    ),
    "costs": Sample(
        {"occurred_on": "{month}", "category": "sales", "amount": "9", "segment": "s{n}"},
        [
            *(("category", "beer", "choice"), ("category", "", "required")),
            *amounts("amount"),
            *[
                (column, cell, code.replace("date", "month"))
                for column, cell, code in dates("occurred_on")
            ],
            ("segment", "x" * 101, "too_long"),
        ],
    ),
    "activities": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "kind": "call",
            "at": "2024-05-01T10:00:00Z",
            "sentiment": "4",
            "contact_external_id": "p",
            "text": "",
        },
        [
            *unknown("account_external_id"),
            *(
                ("kind", "dream", "choice"),
                ("sentiment", "0", "count"),
                ("sentiment", "6", "count"),
            ),
            *(("contact_external_id", "nobody", "unknown"), ("text", TOO_LONG, "too_long")),
            ("contact_external_id", "other", "other_account"),
            *moments("at"),
        ],
    ),
    "measurements": Sample(
        {"account_external_id": "a", "key": "k{n}", "day": "2024-05-01", "value": "-1.5"},
        [
            *unknown("account_external_id"),
            *(("key", "", "required"), ("key", "x" * 101, "too_long"), ("key", "k0", "repeated")),
            *(("value", "much", "number"), ("value", "", "required"), ("value", "1e9", "number")),
            *dates("day"),
        ],
    ),
    "funnel": Sample(
        {
            "visitor_id": "v{n}",
            "goal": "buy",
            "stage": "lead",
            "account_external_id": "a",
            "occurred_at": "2024-05-01T10:00:00Z",
            "source": "",
        },
        [
            *(("visitor_id", "", "required"), ("visitor_id", "x" * 201, "too_long")),
            *(("goal", "", "required"), ("goal", "x" * 101, "too_long")),
            *(("stage", "sale", "choice"), ("stage", "", "required")),
            *(("account_external_id", "nobody", "unknown"), ("visitor_id", "v0", "repeated")),
            *moments("occurred_at"),
        ],
    ),
    "onboarding": Sample(
        {"account_external_id": "a", "step": "s{n}", "reached_at": "2024-05-01T10:00:00Z"},
        [
            *unknown("account_external_id"),
            *(("step", "", "required"), ("step", "x" * 101, "too_long")),
            ("step", "s0", "repeated"),
            *moments("reached_at"),
        ],
    ),
    "tickets": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "subject": "Help",
            "status": "solved",
            "priority": "high",
            "contact_external_id": "p",
            "opened_at": "2024-05-01T10:00:00Z",
            "solved_at": "2024-05-02T10:00:00Z",
            "tags": "",
        },
        [
            *unknown("account_external_id"),
            *(("subject", "", "required"), ("status", "asleep", "choice")),
            *(("priority", "soon", "choice"), ("solved_at", "2024-04-01", "before_start")),
            *(("contact_external_id", "nobody", "unknown"), ("tags", "x" * 501, "too_long")),
            ("contact_external_id", "other", "other_account"),
            *moments("opened_at"),
        ],
    ),
    "ticket_events": Sample(
        {
            "external_id": "x{n}",
            "ticket_external_id": "t",
            "at": "2024-05-01T10:00:00Z",
            "kind": "status",
            "author": "agent",
            "status": "solved",
            "public": "true",
            "body": "",
        },
        [
            *unknown("ticket_external_id"),
            *(("kind", "dance", "choice"), ("author", "ghost", "choice")),
            *(("status", "", "no_status"), ("status", "asleep", "choice")),
            *(("public", "perhaps", "truth"), ("body", TOO_LONG, "too_long")),
            *moments("at"),
        ],
    ),
    "incidents": Sample(
        {
            "external_id": "x{n}",
            "started_at": "2024-05-01T10:00:00Z",
            "ended_at": "",
            "minutes_down": "9",
            "title": "",
        },
        [
            *(("external_id", "", "required"), ("external_id", "x0", "repeated")),
            *(("ended_at", "2024-04-01", "before_start"), ("title", "x" * 301, "too_long")),
            *amounts("minutes_down"),
            *moments("started_at"),
        ],
    ),
    "own_metrics": Sample(
        {"key": "k{n}", "name": "N {n}", "of": "events", "named": "open", "total": "sum"},
        [
            *(("key", "K{day}", "key"), ("key", "x" * 61, "too_long"), ("key", "", "required")),
            *(("key", "k0", "repeated"), ("name", "", "required"), ("named", "", "required")),
            *(("name", "x" * 201, "too_long"), ("named", "x" * 201, "too_long")),
            *(("of", "stars", "choice"), ("total", "product", "choice")),
            ("total", "mean", "of_events"),
        ],
    ),
    "goals": Sample(
        {
            "external_id": "x{n}",
            "metric": "nps",
            "variant": "all",
            "target": "40",
            "starts_on": "2024-01-01",
            "due_on": "2024-06-30",
            "note": "",
        },
        [
            *(("metric", "luck", "no_metric"), ("variant", "lucky", "no_variant")),
            *(("target", "much", "number"), ("target", "", "required")),
            *(("due_on", "2023-01-01", "before_start"), ("note", "x" * 301, "too_long")),
            *dates("starts_on"),
        ],
    ),
    "events": Sample(
        {
            "message_id": "x{n}",
            "occurred_at": "2024-05-01T10:00:00+02:00",
            "user_id": "u",
            "account_external_id": "a",
            "event": "login",
            "properties": '{"a": 1}',
        },
        [
            *unknown("account_external_id"),
            *(("message_id", "", "required"), ("message_id", "x0", "repeated")),
            *(("user_id", "", "required"), ("event", "", "required")),
            *(("properties", "[1]", "json"), ("properties", "{", "json")),
            ("properties", '{"a": "\\u0000"}', "json"),
            *moments("occurred_at"),
        ],
    ),
    "responses": Sample(
        {
            "external_id": "x{n}",
            "survey": "pulse",
            "kind": "nps",
            "score": "9",
            "account_external_id": "a",
            "answered_at": "2024-05-01",
            "contact_external_id": "",
        },
        [
            *(("score", "11", "count"), ("score", "good", "count"), ("kind", "csat", "scale")),
            *(("kind", "mood", "choice"), ("kind", "ces", "scale"), ("survey", "", "required")),
            *(("account_external_id", "nobody", "unknown"), ("external_id", "x0", "repeated")),
            ("contact_external_id", "nobody", "unknown"),
            *moments("answered_at"),
        ],
    ),
}


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    send("contacts", "external_id,account_external_id\np,a\nother,b\n")
    send(
        "subscriptions",
        "external_id,account_external_id,plan,amount,interval,started_on\n"
        "s,a,Gold,9,month,2000-01-01\n",
    )
    send(
        "tickets",
        "external_id,account_external_id,subject,status,opened_at\nt,a,T,open,2024-01-01\n",
    )
    return send


def good(kind: str, number: int) -> dict[str, str]:
    day = f"20{number // 336:02d}-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
    values = {"{n}": str(number), "{day}": day, "{month}": f"{day[:8]}01"}
    row = dict(SAMPLES[kind].good)
    for mark, value in values.items():
        row = {name: cell.replace(mark, value) for name, cell in row.items()}
    return row


def file_of(kind: str, rows: list[dict[str, str]]) -> str:
    return text(list(SAMPLES[kind].good), [list(row.values()) for row in rows])


@pytest.mark.parametrize("kind", SAMPLES)
def test_fifty_bad_rows_of_ten_sorts_are_named_and_the_others_are_in(
    send: Sending, kind: str
) -> None:
    faults = SAMPLES[kind].faults
    assert len(set(faults)) >= 10
    rows = [good(kind, number) for number in range(1000)]
    bad = {number: faults[n % len(faults)] for n, number in enumerate(range(19, 1000, 20))}
    for number, (column, cell, _code) in bad.items():
        rows[number][column] = cell.replace("{day}", f"{number % 28 + 1:02d}")
    before = KINDS[kind].model._default_manager.count()
    assert send(kind, file_of(kind, rows)) == (950, 0, 0, 50)
    assert len({line for line, _column, _code in send.faults}) == 50
    result = {(line, code) for line, _column, code in send.faults}
    assert {(number + 2, code) for number, (_column, _cell, code) in bad.items()} <= result
    assert KINDS[kind].model._default_manager.count() == before + 950
    mended = [good(kind, number) for number in bad]
    assert send(kind, file_of(kind, mended)) == (50, 0, 0, 0)
    whole = file_of(kind, [good(kind, number) for number in range(1000)])
    assert send(kind, whole) == (0, 0, 1000, 0)


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", SAMPLES)
def test_columns_in_another_order_with_semicolons_are_the_same(send: Sending, kind: str) -> None:
    rows = [good(kind, number) for number in range(5)]
    names = list(reversed(SAMPLES[kind].good))
    turned = text(names, [[row[name] for name in names] for row in rows], delimiter=";")
    assert send(kind, f"\ufeff{turned}") == (5, 0, 0, 0)
    assert send(kind, file_of(kind, rows)) == (0, 0, 5, 0)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("a\x00b", "nul"),
        (b"caf\xe9", "bytes"),
        ("x" * 1_000_000, "too_large"),
        ('"', "quote"),
    ],
    ids=["nul", "latin-1", "a megabyte", "a lone quote"],
)
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_cell_that_cannot_be_read_is_one_reject(
    send: Sending, kind: str, cell: Any, code: str
) -> None:
    names = list(SAMPLES[kind].good)
    rows = [list(good(kind, number).values()) for number in range(3)]
    rows[1][-1] = "MARK"
    raw = cell if isinstance(cell, bytes) else cell.encode()
    file = text(names, rows).encode().replace(b"MARK", raw)
    assert send(kind, file, options=ImportOptions(encoding="utf-8")) == (2, 0, 0, 1)
    assert [fault[2] for fault in send.faults] == [code]


def test_a_survey_of_another_kind_is_named(send: Sending) -> None:
    header = "external_id,survey,kind,score,answered_at\n"
    send("responses", header + "x1,pulse,nps,9,2024-05-01\n")
    assert send("responses", header + "x2,pulse,csat,5,2024-05-01\n") == (0, 0, 0, 1)
    assert send.faults == [(2, "kind", "kind_differs")]
    assert send.rejects[0].reason == "The survey is of another kind: nps."


def test_a_survey_does_not_come_along_with_rejected_answers(send: Sending) -> None:
    header = "external_id,survey,kind,score,answered_at\n"
    assert send("responses", header + "x1,pulse,csat,9,2024-05-01\n") == (0, 0, 0, 1)
    assert not Survey.objects.exists()


def test_a_time_without_an_offset_is_the_tenants(send: Sending) -> None:
    send.tenant.timezone = "America/Los_Angeles"
    header = "message_id,occurred_at,user_id,account_external_id,event\n"
    assert send("events", header + "m,2024-05-01T23:30:00,u,a,e\nn,2024-05-02T06:30:00Z,u,a,e\n")
    found = Event.objects.order_by("message_id").values_list("occurred_at", flat=True)
    assert [at.isoformat() for at in found] == ["2024-05-02T06:30:00+00:00"] * 2


def test_parents_cannot_go_in_a_circle(send: Sending) -> None:
    header = "external_id,name,parent_external_id\n"
    assert send("accounts", header + "c,C,d\nd,D,e\ne,E,c\nf,F,e\n") == (0, 0, 0, 4)
    assert sorted(send.faults) == [
        (2, "parent_external_id", "circle"),
        (3, "parent_external_id", "circle"),
        (4, "parent_external_id", "circle"),
        (5, "parent_external_id", "unknown"),
    ]
    send("accounts", header + "a,Ant,b\n")
    assert send("accounts", header + "b,Bee,a\n") == (0, 0, 0, 1)
    assert send.faults == [(2, "parent_external_id", "circle")]
