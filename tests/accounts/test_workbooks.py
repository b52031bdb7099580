"""Workbooks: large ones come in, bombs are refused, cells are read as one would write them."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from accounts.imports.engine import ImportFileError
from accounts.models import Account
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db


def book(rows: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet()
    for row in rows:
        sheet.append(row)
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.mark.long
def test_forty_thousand_rows_come_in(send: Sending) -> None:
    rows = [[f"a{n}", f"شرکت {n}", n % 90, date(2024, 1, n % 28 + 1)] for n in range(40_000)]
    rows[20_000][2] = "many"
    header = ["external_id", "name", "seats", "created_on"]
    assert send("accounts", book([header, *rows])) == (39_999, 0, 0, 1)
    assert send.faults == [(20_002, "seats", "count")]


def test_cells_are_read_as_one_would_write_them(send: Sending) -> None:
    header = ["external_id", "name", "seats", "created_on", "is_test", "attr.n", "attr.f", "attr.t"]
    day, moment = (datetime.fromisoformat(f"2024-01-31 {time}") for time in ("00:00", "09:05"))
    row = [7, " Ant ", 3.0, day, False, 1e-7, 0.1, moment]
    assert send("accounts", book([header, row])) == (1, 0, 0, 0)
    account = Account.objects.get(external_id="7")
    assert (account.name, account.seats, account.created_on) == ("Ant", 3, date(2024, 1, 31))
    assert account.attributes == {"n": "0.0000001", "f": "0.1", "t": "2024-01-31T09:05:00"}


def test_a_row_that_is_longer_than_the_header_is_rejected_alone(send: Sending) -> None:
    rows: list[list[Any]] = [
        ["external_id", "name", None],
        ["a", "Ant"],
        ["b", "Bee", "x"],
        ["c", "Cat", None],
    ]
    assert send("accounts", book(rows)) == (2, 0, 0, 1)
    assert send.faults == [(3, "external_id", "cells")]


def test_a_bomb_is_refused_before_it_is_unpacked(send: Sending) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (301 * 1024 * 1024))
    assert len(stream.getvalue()) < 1_000_000
    with pytest.raises(ImportFileError, match="unpacks to more than we read"):
        send("accounts", stream.getvalue())


def test_entities_that_swell_are_refused(send: Sending) -> None:
    good = BytesIO(book([["external_id", "name"], ["a", "Ant"]]))
    swollen = BytesIO()
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(9)
    )
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(swollen, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = b"<!DOCTYPE x [" + laughs + b"]>" + content.replace(b"Ant", b"&l8;")
            after.writestr(part, content)
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        send("accounts", swollen.getvalue())


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500])
def test_a_broken_workbook_is_refused(send: Sending, content: bytes) -> None:
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        send("accounts", content)
