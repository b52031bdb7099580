"""Bad rows are named by line, column and reason, and keep no good one out."""

import csv
from io import StringIO
from typing import Any

import pytest

from accounts.imports.engine import ImportFileError
from accounts.imports.reasons import REASONS
from accounts.models import Account, Subscription
from tenants.models import Tenant
from tests.accounts.files import Sending, text

pytestmark = pytest.mark.django_db

SUBSCRIPTION = [
    *("external_id", "account_external_id", "plan", "currency", "amount", "quantity", "interval"),
    *("interval_count", "started_on", "ended_on", "paused_from", "paused_until"),
    *("discount_percent", "churn_reason"),
]
# What can be wrong with a subscription: the column, the cell, and what is said of it.
FAULTS = [
    ("external_id", "", "required"),
    ("external_id", "s0", "repeated"),
    ("account_external_id", "nobody", "unknown"),
    ("account_external_id", "", "required"),
    ("plan", " ", "required"),
    ("plan", "x" * 201, "too_long"),
    ("currency", "EU", "currency"),
    ("currency", "USD", "no_rate"),
    ("amount", "-1", "negative"),
    ("amount", "1,2,3", "comma"),
    ("amount", "1e3", "amount"),
    ("amount", "NaN", "amount"),
    ("quantity", "-0.5", "negative"),
    ("quantity", "123456789012345", "amount"),
    ("interval", "monthly", "choice"),
    ("interval_count", "0", "not_positive"),
    ("interval_count", "32768", "count"),
    ("interval_count", "1.5", "count"),
    ("interval_count", "٣٫٥", "count"),
    ("started_on", "2024-02-30", "date"),
    ("started_on", "31.02.2024", "date"),
    ("started_on", "20٢٤-13-01", "date"),
    ("ended_on", "2023-12-31", "before_start"),
    ("paused_until", "2024-03-01", "before_pause"),
    ("discount_percent", "100.5", "over_100"),
    ("churn_reason", "x" * 301, "too_long"),
]


@pytest.fixture
def sell(send: Sending) -> Sending:
    send("accounts", "external_id,name\na,Ant\n")
    return send


def good(number: int, **cells: str) -> dict[str, str]:
    row = dict.fromkeys(SUBSCRIPTION, "")
    row |= {"external_id": f"s{number}", "account_external_id": "a", "plan": "Gold"}
    return row | {"amount": "9.50", "interval": "month", "started_on": "2024-01-01"} | cells


def file_of(rows: list[dict[str, str]]) -> str:
    return text(SUBSCRIPTION, [list(row.values()) for row in rows])


def test_of_a_thousand_rows_fifty_bad_ones_are_named_and_the_others_are_in(sell: Sending) -> None:
    rows = [good(number) for number in range(1000)]
    bad = {number: FAULTS[index % len(FAULTS)] for index, number in enumerate(range(19, 1000, 20))}
    for number, (column, cell, _code) in bad.items():
        rows[number][column] = cell
    assert (len(bad), len(set(bad.values()))) == (50, 26)
    assert sell("subscriptions", file_of(rows)) == (950, 0, 0, 50)
    assert sell.faults == [(n + 2, column, code) for n, (column, _, code) in sorted(bad.items())]
    shown = [cell.strip() for _, (_, cell, _) in sorted(bad.items())]
    assert [reject.value for reject in sell.rejects] == shown
    assert Subscription.objects.count() == 950


def test_the_mended_rejects_complete_the_file(sell: Sending) -> None:
    rows = [good(number) for number in range(60)]
    for number, (column, cell, _code) in enumerate(FAULTS, start=1):
        rows[number][column] = cell
    created, *_, rejected = sell("subscriptions", file_of(rows))
    assert (created, rejected) == (60 - len(FAULTS), len(FAULTS))
    mended = [good(reject.line - 2) | result(reject) for reject in sell.rejects]
    columns = [*SUBSCRIPTION, "line", "column", "value", "reason"]
    sent = text(columns, [[row[name] for name in columns] for row in mended])
    assert sell("subscriptions", sent) == (len(FAULTS), 0, 0, 0)
    whole = file_of([good(number) for number in range(60)])
    assert sell("subscriptions", whole) == (0, 0, 60, 0)


def result(reject: Any) -> dict[str, str]:
    """What a file of rejects has in addition."""
    return {
        "line": str(reject.line),
        "column": reject.column,
        "value": reject.value,
        "reason": reject.reason,
    }


def test_a_row_with_several_faults_counts_once_and_names_them_all(sell: Sending) -> None:
    row = good(1, plan="", amount="-3", started_on="soon")
    assert sell("subscriptions", file_of([row])) == (0, 0, 0, 1)
    assert sell.faults == [
        (2, "amount", "negative"),
        (2, "plan", "required"),
        (2, "started_on", "date"),
    ]


def test_of_rows_with_one_external_id_the_first_is_taken(send: Sending) -> None:
    file = "external_id,name\na,First\na,Second\nb,Bee\na,Third\n"
    assert send("accounts", file) == (2, 0, 0, 2)
    assert send.faults == [(3, "external_id", "repeated"), (5, "external_id", "repeated")]
    assert [reject.detail for reject in send.rejects] == ["2", "2"]
    assert Account.objects.get(external_id="a").name == "First"


def test_a_new_row_lacks_what_the_file_has_no_column_for(sell: Sending) -> None:
    assert sell("accounts", "external_id,segment\na,Small\nnew,Small\n") == (0, 1, 0, 1)
    assert sell.faults == [(3, "name", "required")]


@pytest.mark.parametrize(
    ("rows", "counts", "faults"),
    [
        ("a,Ant,a\n", (0, 0, 0, 1), [(2, "own_parent")]),
        ("a,Ant,gone\n", (0, 0, 0, 1), [(2, "unknown")]),
        (
            "c,Cat,b\nb,Bee,a\na,Ant,gone\nd,Dog,\n",
            (1, 0, 0, 3),
            [(2, "unknown"), (3, "unknown"), (4, "unknown")],
        ),
        ("b,Bee,a\na,Ant,a\n", (0, 0, 0, 2), [(2, "unknown"), (3, "own_parent")]),
    ],
)
def test_a_parent_must_be_there_or_come_along(
    send: Sending, rows: str, counts: tuple[int, ...], faults: list[tuple[int, str]]
) -> None:
    assert send("accounts", f"external_id,name,parent_external_id\n{rows}") == counts
    assert [(line, code) for line, _column, code in send.faults] == faults


def test_an_account_cannot_be_made_its_own_parent_later(sell: Sending) -> None:
    assert sell("accounts", "external_id,parent_external_id\na,a\n") == (0, 0, 0, 1)
    assert sell.faults == [(2, "parent_external_id", "own_parent")]


def test_a_row_keeps_its_parent_when_the_new_one_is_rejected(sell: Sending) -> None:
    sell("accounts", "external_id,name,parent_external_id\nb,Bee,a\n")
    assert sell("accounts", "external_id,parent_external_id\nnew,\nb,new\n") == (0, 0, 0, 2)
    assert sell.faults == [(2, "name", "required"), (3, "parent_external_id", "unknown")]
    assert Account.objects.get(external_id="b").parent == Account.objects.get(external_id="a")


def test_an_end_is_held_against_the_start_that_is_there_already(sell: Sending) -> None:
    assert sell("subscriptions", file_of([good(1)])) == (1, 0, 0, 0)
    assert sell("subscriptions", "external_id,ended_on\ns1,2023-12-31\n") == (0, 0, 0, 1)
    assert sell.faults == [(2, "ended_on", "before_start")]
    assert sell("subscriptions", "external_id,started_on\ns1,2025-01-01\n") == (0, 1, 0, 0)
    assert sell("subscriptions", "external_id,ended_on\ns1,2025-01-01\n") == (0, 1, 0, 0)
    assert sell("subscriptions", "external_id,started_on\ns1,2025-01-02\n") == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("row", "column", "code", "value"),
    [
        (b"a,c\x00d", "name", "nul", "c\\x00d"),
        (b'a,"Ant', "external_id", "quote", 'a,"Ant'),
        (b'a,"Ant" Hill', "external_id", "quote", 'a,"Ant" Hill'),
        (b"a,Ant\rHill", "external_id", "line_end", "a,Ant\rHill"),
        (b"a", "external_id", "cells", "a"),
        (b"a,Ant,Hill,3", "external_id", "cells", "a,Ant,Hill,3"),
        (b"a," + b"x" * 65_537, "name", "too_large", "x" * 65_536),
        (b"a," + b"x" * 9_000_000, "name", "too_large", "x" * 65_536),
    ],
    ids=["nul", "quote", "text after", "cr", "few", "many", "large", "endless"],
)
def test_a_row_that_cannot_be_read_is_rejected_alone(
    send: Sending, row: bytes, column: str, code: str, value: str
) -> None:
    file = b"external_id,name\n" + row + b"\nb,Bee\nc,Cat\n"
    assert send("accounts", file) == (2, 0, 0, 1)
    assert send.faults == [(2, column, code)]
    assert send.rejects[0].value == value
    assert len(send.rejects[0].cells) == 2


def test_a_thousand_lone_quotation_marks_are_a_thousand_rejects(send: Sending) -> None:
    file = "external_id,name\n" + "".join(f'r{n},"x\n' for n in range(1001)) + "b,Bee\n"
    assert send("accounts", file) == (1, 0, 0, 1001)
    assert {code for _line, _column, code in send.faults} == {"quote"}


@pytest.mark.parametrize(
    ("file", "result"),
    [
        (b"", "The file is empty: not even a header is in it."),
        (b"\xef\xbb\xbf\n", "The file is empty: not even a header is in it."),
        (b"name\nAnt\n", "The column external_id is missing."),
        (b"external_id,name,name\na,Ant,Bee\n", "Columns that stand there twice: name."),
        (b"external_id,name,colour,\na,Ant,red,\n", "Unknown columns: “colour”."),
    ],
    ids=["empty", "mark", "no id", "twice", "unknown"],
)
def test_a_file_that_cannot_be_used_is_refused_whole(
    send: Sending, file: bytes, result: str
) -> None:
    with pytest.raises(ImportFileError, match=result.replace(".", r"\.")):
        send("accounts", file)
    assert Account.objects.count() == 0


def test_free_attributes_are_refused_where_none_are_kept(sell: Sending) -> None:
    with pytest.raises(ImportFileError, match="Unknown columns: “attr"):
        sell("costs", b"occurred_on,category,amount,attr.colour\n")


def test_a_header_alone_is_a_file_without_rows(send: Sending) -> None:
    assert send("accounts", "external_id,name\n\n\n") == (0, 0, 0, 0)


def test_every_reason_can_be_said() -> None:
    for reason in REASONS.values():
        assert reason % {"detail": "7"}


def test_a_line_number_is_that_of_the_first_line_of_a_row(send: Sending) -> None:
    file = 'external_id,name\na,"Ant\n\nHill"\n\nb,\n'
    assert send("accounts", file) == (1, 0, 0, 1)
    assert send.faults == [(6, "name", "required")]


def test_cells_of_a_reject_are_as_they_came(send: Sending) -> None:
    send("accounts", 'external_id,attr.note,name\na,"one, ""two""",\n')
    written = StringIO()
    csv.writer(written).writerow(send.rejects[0].cells)
    assert written.getvalue() == 'a,"one, ""two""",\r\n'


def test_a_row_of_another_length_says_both_numbers_of_cells(acme: Tenant) -> None:
    send = Sending(acme)
    send("accounts", "external_id,name\nc,Cat,,x\n")
    assert [reject.reason for reject in send.rejects] == [
        "The row has another number of cells than the header (4 ≠ 2)."
    ]
