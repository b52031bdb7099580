"""What the wizard makes of the files that people bring."""

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.accounts.test_wizard import columns, tried, uploaded, work_off
from tests.media import keep_files_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Any) -> None:
    keep_files_in(tmp_path, settings)


def test_a_workbook_is_read_like_a_file_of_text(bob: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["external_id", "name", "seats", "created_on", "is_test"])
    sheet.append(["a", "شرکت کتاب", 3.0, "2024-01-31", True])
    sheet.append(["b", "Bee", None, None, None])
    sheet.append([])
    sheet.append(["c", "", 2.5])
    stream = BytesIO()
    book.save(stream)
    number = uploaded(bob, stream.getvalue(), name="book.xlsx")
    bob.post(f"/data/imports/{number}/", columns(bob.get(f"/data/imports/{number}/")))
    work_off()
    page = bob.get(f"/data/imports/{number}/")
    assert [count for _label, count in page.context["counts"]] == [2, 0, 0, 1]
    assert page.context["rejects"][0]["line"] == "5"


@pytest.mark.parametrize(
    ("content", "name", "result"),
    [
        (b"PK\x03\x04nonsense", "a.xlsx", "cannot be read as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "old kind (XLS)"),
        (b'{"data": []}', "a.csv", "This is JSON"),
        (b"\n\n", "a.csv", "not even a header"),
    ],
    ids=["broken", "xls", "json", "blank"],
)
def test_a_file_that_cannot_be_read_says_why(
    bob: Client, content: bytes, name: str, result: str
) -> None:
    number = uploaded(bob, content, name=name)
    page = bob.get(f"/data/imports/{number}/")
    assert (page.status_code, result in page.content.decode()) == (400, True)


def test_a_script_in_a_file_runs_on_no_page(bob: Client) -> None:
    script = "<script>alert(1)</script>"
    number = tried(bob, f"external_id,name,{script}\na,{script},{script}\n{script},,\n")
    for address in (f"/data/imports/{number}/", f"/data/imports/{number}/?columns", "/data/"):
        assert "<script>alert" not in bob.get(address).content.decode()


def test_a_file_that_is_too_large_is_refused(bob: Client, settings: LazySettings) -> None:
    settings.IMPORT_LARGEST_FILE = 2**20
    file = SimpleUploadedFile("book.csv", b"x" * (2**20 + 1))
    answer = bob.post("/data/import/", {"kind": "accounts", "file": file})
    assert answer.context["form"].errors == {"file": ["The file is larger than 1 MB. Split it."]}


def broken_inside() -> bytes:
    """A workbook whose sheet ends in the middle."""
    good, cut = BytesIO(), BytesIO()
    openpyxl.Workbook().save(good)
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(cut, "w") as after:
        for part in before.infolist():
            sheet = part.filename.endswith("sheet1.xml")
            text = b"<worksheet><sheetData><row r='1'><c" if sheet else before.read(part)
            after.writestr(part.filename, text)
    return cut.getvalue()


def test_a_workbook_that_is_broken_inside_says_so(bob: Client) -> None:
    number = uploaded(bob, broken_inside(), name="book.xlsx")
    page = bob.get(f"/data/imports/{number}/")
    assert (page.status_code, "as a workbook" in page.content.decode()) == (400, True)


def test_two_headers_that_begin_alike_for_300_letters_are_remembered_as_one(bob: Client) -> None:
    long = "x" * 300
    number = tried(bob, f"external_id,name,{long}1,{long}2\na,Ant,1,2\n")
    assert bob.get(f"/data/imports/{number}/").status_code == 200
