"""A row that could not be read is refused again until somebody has written its cells anew."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Account
from tenants.context import inside

pytestmark = pytest.mark.django_db

HEADER = "external_id,name,segment,country"
# What cannot be read, in a file of that header; and how the row is mended.
UNREAD = {
    "bytes": b"x,Za\xbf\xf3\xb3\xe6,SMB,Poland",
    "few": b"x,Keep",
    "many": b"x,Acme, Inc.,SMB,Poland",
    "large": b"x," + b"n" * 70_000 + b",SMB,Poland",
    "nul": b"x,A\x00B,SMB,Poland",
    "quote": b'x,"Ant,SMB,Poland',
    "text after": b'x,"Ant" Hill,SMB,Poland',
    "line end": b"x,Ant\rHill,SMB,Poland",
    "half a character": b"x,A\xed\xa0\x80,SMB,Poland",
    "error": b"x,#N/A,SMB,Poland",
}
MENDED = {"external_id": "x", "name": "Zażółć", "segment": "SMB", "country": "Poland"}
THERE = ("Before", "Large", "NO")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    send(tmp_path, f"{HEADER}\nx,Before,Large,Norway\n".encode())
    return tmp_path


def send(folder: Path, content: bytes, name: str = "book.csv") -> bytes:
    """Send a file; the file of its rejects, if there are any."""
    (folder / name).write_bytes(content)
    rejected = folder / f"{name.removesuffix('.csv')}.rejected.csv"
    try:
        call_command("import_data", "acme", "accounts", str(folder / name), stdout=io.StringIO())
    except CommandError as some:
        assert some.returncode == 1, some
        return rejected.read_bytes()
    assert not rejected.exists()
    return b""


def stored() -> tuple[str, str, str]:
    with inside("acme"):
        account = Account.objects.get(external_id="x")
        return account.name, account.segment, account.country


def parsed(rejects: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    text = rejects.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def written(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def file_with(row: bytes) -> bytes:
    good = "g,Żółw,SMB,Poland"  # one that says that the file is UTF-8
    return b"\n".join([HEADER.encode(), row, good.encode(), b""])


@pytest.mark.parametrize("row", UNREAD.values(), ids=UNREAD)
def test_sent_again_as_it_is_a_row_is_refused_again_and_nothing_changes(
    folder: Path, row: bytes
) -> None:
    first = send(folder, file_with(row))
    assert stored() == THERE
    second = send(folder, first, "again.csv")
    third = send(folder, second, "again.csv")
    assert stored() == THERE
    assert [len(parsed(one)) for one in (first, second, third)] == [1, 1, 1]
    assert parsed(first)[0]["value"] == parsed(third)[0]["value"] != ""


@pytest.mark.parametrize("row", UNREAD.values(), ids=UNREAD)
def test_mended_it_goes_in(folder: Path, row: bytes) -> None:
    rejects = parsed(send(folder, file_with(row)))
    assert send(folder, written([rejects[0] | MENDED]), "again.csv") == b""
    assert stored() == ("Zażółć", "SMB", "PL")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1250"])
@pytest.mark.parametrize("row", UNREAD.values(), ids=UNREAD)
def test_a_spreadsheet_between_does_not_let_it_pass(
    folder: Path, row: bytes, encoding: str
) -> None:
    """Opened, and saved with semicolons in the encoding of the system."""
    rejects = parsed(send(folder, file_with(row)))
    saved = written(rejects, ";").decode().encode(encoding, errors="replace")
    assert len(parsed(send(folder, saved, "again.csv"), ";")) == 1
    assert stored() == THERE


@pytest.mark.parametrize("row", UNREAD.values(), ids=UNREAD)
def test_without_the_reasons_it_is_refused_as_well(folder: Path, row: bytes) -> None:
    rejects = parsed(send(folder, file_with(row)))
    facts = [{name: one[name] for name in HEADER.split(",")} for one in rejects]
    assert len(parsed(send(folder, written(facts), "again.csv"))) == 1
    assert stored() == THERE


def test_a_cell_that_could_be_read_stays_beside_the_one_that_could_not(folder: Path) -> None:
    rejects = parsed(send(folder, file_with(UNREAD["bytes"])))[0]
    assert (rejects["external_id"], rejects["segment"]) == ("x", "SMB")
    assert rejects["name"] == "[unreadable]"
    assert rejects["value"] == "Za\\xbf\\xf3\\xb3\\xe6"


def test_a_row_of_the_wrong_length_keeps_its_line_as_the_value_alone(folder: Path) -> None:
    rejects = parsed(send(folder, file_with(UNREAD["many"])))[0]
    assert rejects["value"] == "x,Acme, Inc.,SMB,Poland"
    assert {rejects[name] for name in HEADER.split(",")} == {"[unreadable]"}
    assert rejects["reason"].endswith("(5 ≠ 4).")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_rejects_come_in_the_separator_of_the_file_and_with_a_mark(
    folder: Path, delimiter: str
) -> None:
    file = f"{HEADER}\nb,,SMB,Poland\n".replace(",", delimiter).encode()
    rejects = send(folder, file)
    assert rejects.startswith(b"\xef\xbb\xbfexternal_id" + delimiter.encode())
    assert [row["segment"] for row in parsed(rejects, delimiter)] == ["SMB"]


def test_mended_in_a_spreadsheet_names_come_back_whole(folder: Path) -> None:
    """A byte order mark is what makes a spreadsheet take the text for UTF-8."""
    file = "external_id;name;seats\nx;Żółw Sp. z o.o.;many\n".encode()
    rejects = send(folder, file)
    encoding = "utf-8-sig" if rejects.startswith(b"\xef\xbb\xbf") else "windows-1250"
    saved = rejects.decode(encoding).replace("many", "3").encode("windows-1250", errors="replace")
    assert send(folder, saved, "again.csv") == b""
    assert stored()[0] == "Żółw Sp. z o.o."
