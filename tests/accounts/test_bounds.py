"""Every column of every kind, at its bounds and just outside, in CSV, XLSX and JSON alike."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.records import DECIMALS, Column, Kind, Type
from tenants.models import Tenant
from tests.accounts.files import Sending, text
from tests.accounts.rest import Program
from tests.accounts.samples import SAMPLES, good, send
from tests.accounts.test_workbooks import book

__all__ = ["send"]
pytestmark = pytest.mark.django_db

# The reasons that speak of the value itself, not of how it goes together with others.
OF_THE_VALUE = {
    *("too_long", "email", "date", "month", "moment", "amount", "negative", "number", "rate"),
    *("count", "truth", "currency", "choice", "json", "too_much", "too_large", "type"),
    *("too_much_a_month", "too_much_in_all", "key"),
}
ENDLESS = ("9" * 10_000, "1e-999999999", "1e999999999", "NaN", "Infinity", "0." + "1" * 10_000)
LONGEST_IN_A_WORKBOOK = 32_767


@dataclass(frozen=True, kw_only=True)
class Try:
    """A row with one cell at a bound of its column, and whether that is still inside."""

    column: str
    cell: str
    inside: bool
    row: dict[str, str]


def edges(kind: Kind, column: Column) -> tuple[list[str], list[str]]:
    """The cells just inside and just outside of a column's bounds."""
    if column.type in DECIMALS:
        return _of_decimals(kind, column)
    if column.type == Type.COUNT:
        least, most = column.min_value, column.max_value
        return [str(least), str(most)], [str(least - 1), str(most + 1), "1.5", *ENDLESS]
    if column.type in (Type.DATE, Type.MONTH):
        outside = ["1899-12-31", "2200-01-01", "9999999-01-01", "0000-01-01", "-infinity"]
        return ["1900-01-01", "2199-12-31"], [*outside, "99991231", "2024-01-32"]
    if column.type == Type.MOMENT:
        inside = ["1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"]
        return inside, ["1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999999-01-01", "infinity"]
    if column.type == Type.JSON:
        return _of_json()
    return _of_texts(column)


def _of_decimals(kind: Kind, column: Column) -> tuple[list[str], list[str]]:
    limit = kind.limit_of(column)
    smallest = {Type.RATE: "0.0000000001", Type.NUMBER: "0.000001", Type.AMOUNT: "0.0001"}
    step = smallest[column.type]
    largest = "100" if column.name == "discount_percent" else f"{limit - Decimal(step):f}"
    outside = [f"{limit:f}", f"{step}1", f"{limit * 10:f}", *ENDLESS]
    if column.type == Type.NUMBER:
        return [largest, f"-{largest}", step, "0"], [*outside, f"-{limit:f}"]
    if column.type == Type.RATE:
        return [largest, step], [*outside, "0", f"-{step}"]
    return [largest, step, "0"], [*outside, f"-{step}"]


def _of_json() -> tuple[list[str], list[str]]:
    # In a body there are three levels above it.
    deep = '{"a": ' * 28 + "[1]" + "}" * 28
    outside = ['{"a": ' * 33 + "1" + "}" * 33, '{"a": 1e-999999999}', '{"a": NaN}', "[" * 10_000]
    too_large = json.dumps({"a": "x" * 70_000})
    return ["{}", deep, '{"a": 1e300}'], [*outside, f'{{"a": {"9" * 10_000}}}', too_large]


def _of_texts(column: Column) -> tuple[list[str], list[str]]:
    if column.choices:
        return list(column.choices), ["x", "x" * (column.max_length + 1)]
    if column.type == Type.TRUTH:
        return ["true", "false"], ["perhaps", "2"]
    if column.type == Type.CURRENCY:
        return ["EUR"], ["EURO", "E1", "\u00c9UR"]
    if column.type == Type.EMAIL:
        max_length = "@example.test".rjust(column.max_length, "x")
        return [max_length], [f"x{max_length}", "x" * (column.max_length + 1)]
    return ["x" * column.max_length], ["x" * (column.max_length + 1), "x" * 60_000]


def tries(kind: Kind) -> list[Try]:
    """A row for every cell that is tried; otherwise it is good."""
    found: list[Try] = []
    for column in kind.columns:
        for inside, cells in zip((True, False), edges(kind, column), strict=True):
            for cell in cells:
                row = good(kind.name, len(found) + 1) | {column.name: cell}
                if column.name == "quantity":
                    row["amount"] = "1"
                found.append(Try(column=column.name, cell=cell, inside=inside, row=row))
    return found


def wrong(tried: list[Try], faults: dict[int, list[tuple[str, str]]]) -> list[tuple[str, str, Any]]:
    """The cells about which something else was said than should be."""
    found: list[tuple[str, str, Any]] = []
    for place, one in enumerate(tried):
        details = {(name, code) for name, code in faults.get(place, []) if code in OF_THE_VALUE}
        if bool(details) == one.inside:
            found.append((one.column, one.cell[:40], faults.get(place)))
    return found


def of_file(send: Sending) -> dict[int, list[tuple[str, str]]]:
    faults: dict[int, list[tuple[str, str]]] = {}
    for line, column, code in send.faults:
        faults.setdefault(line - 2, []).append((column, code))
    return faults


def header_of(kind: Kind, tried: list[Try]) -> list[str]:
    return [name for name in kind.by_name if any(name in one.row for one in tried)]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_csv_file_is_held_to_the_bounds_of_every_column(send: Sending, name: str) -> None:
    tried = tries(KINDS[name])
    header = header_of(KINDS[name], tried)
    send(name, text(header, [[one.row.get(column, "") for column in header] for one in tried]))
    assert wrong(tried, of_file(send)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_workbook_is_held_to_the_bounds_of_every_column(send: Sending, name: str) -> None:
    tried = [one for one in tries(KINDS[name]) if len(one.cell) < LONGEST_IN_A_WORKBOOK]
    header = header_of(KINDS[name], tried)
    rows = [[one.row.get(column, "") for column in header] for one in tried]
    send(name, book([header, *rows]))
    assert wrong(tried, of_file(send)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_json_is_held_to_the_bounds_of_every_column(send: Sending, name: str) -> None:
    tried = [one for one in tries(KINDS[name]) if _json_can_say(one, KINDS[name])]
    program = Program()
    body = {"data": [_object(one, KINDS[name]) for one in tried]}
    answer = program("PUT", f"{name}/bulk/", body)
    assert program.last.status_code == 200, answer
    faults = {
        result["index"]: [
            (error["pointer"].split("/")[-1], error["code"]) for error in result["errors"]
        ]
        for result in answer["results"]
    }
    assert wrong(tried, faults) == []


def _json_can_say(one: Try, kind: Kind) -> bool:
    """What the reader of bodies refuses as a whole is tried elsewhere."""
    return kind.by_name[one.column].type != Type.JSON or one.inside


def _object(one: Try, kind: Kind) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, cell in one.row.items():
        type = kind.by_name[name].type
        if type == Type.TRUTH:
            values[name] = {"true": True, "false": False}.get(cell, cell)
        elif type == Type.JSON:
            values[name] = json.loads(cell)
        elif cell:
            values[name] = cell
    return values


AMOUNTS = [
    ("48221234567890", "5", "month", 1, False),
    ("50000000000000", "2", "month", 1, False),
    ("9000000000000", "5", "month", 1, True),
    ("99999999999999", "1", "month", 1, True),
    ("99999999999999", "12", "year", 1, True),
    ("99999999999999", "13", "year", 1, False),
    ("4000000000000", "1", "day", 1, False),
    ("4000000000000", "1", "day", 2, True),
    ("99999999999999.9999", "99999999999999.9999", "day", 1, False),
]


@pytest.mark.parametrize(("amount", "quantity", "interval", "count", "held"), AMOUNTS)
def test_what_a_subscription_comes_to_in_a_month_must_be_held(
    send: Sending, amount: str, quantity: str, interval: str, count: int, held: bool
) -> None:
    header = "external_id,account_external_id,plan,amount,quantity,interval,interval_count"
    row = f"x,a,P,{amount},{quantity},{interval},{count},2024-01-01"
    assert send("subscriptions", f"{header},started_on\n{row}\n")[3] == (0 if held else 1)
    assert send.faults == ([] if held else [(2, "amount", "too_much_a_month")])


def test_money_is_held_to_its_worth_in_the_reporting_currency(send: Sending) -> None:
    send("rates", "currency,day,rate\nKWD,2000-01-01,900000000\n")
    header = "external_id,account_external_id,occurred_on,amount,currency\n"
    assert send("purchases", f"{header}x,a,2024-01-01,1000000,KWD\n") == (0, 0, 0, 1)
    assert send.faults == [(2, "amount", "too_much_in_all")]
    changes = "subscription_external_id,effective_on,amount,quantity\n"
    assert send("subscription_changes", f"{changes}s,2024-01-01,1000000000000,100\n")[3] == 1
    assert send.faults == [(2, "amount", "too_much_a_month")]
    assert send("subscription_changes", f"{changes}s,2024-01-01,1000000000000,99\n")[3] == 0


def test_the_attributes_of_a_row_are_bounded_however_often_it_is_sent(acme: Tenant) -> None:
    send = Sending(acme)
    for number in range(2):
        file = f"external_id,name,attr.a{number}\na,Ant,{'x' * 40_000}\n"
        assert send("accounts", file)[3] == number
    assert send.faults == [(2, "attributes", "attributes")]
