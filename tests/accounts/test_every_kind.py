"""Every kind of file: good rows in, each bad one named, mended rejects complete it."""

from typing import Any

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.options import ImportOptions
from surveys.models import Survey
from tests.accounts.files import Sending, text
from tests.accounts.samples import SAMPLES, file_of, good, send
from usage.models import Event

__all__ = ["send"]
pytestmark = pytest.mark.django_db


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
