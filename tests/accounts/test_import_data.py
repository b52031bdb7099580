"""What import_data prints, and how it ends: 0 done, 1 some rows rejected, 2 refused."""

import csv
import gzip
import json
import os
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.imports.kinds import KINDS
from accounts.models import Account
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.commands import refusal, run
from tests.databases import ROOT, url_of

BOOK = "external_id,name,seats\na,Ant,3\nb,,4\nc,Cat,many\nd,Dog,5\n"

EXPORTS = Path(__file__).parent / "exports"
PROPOSED = "A mapping is proposed: save it, correct it, and pass it with --mapping."
NOT_A_COUNT = "This is not a whole number in the range 0–2147483647."


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.csv"
    file.write_text(BOOK)
    return file


@pytest.mark.parametrize("text", ["[" * 10_000, '{"a": 1e-999999999}', '{"a": "b", "a": "c"}'])
def test_a_mapping_is_read_as_strictly_as_a_body(book: Path, text: str) -> None:
    mapping = book.with_name("mapping.json")
    mapping.write_text(text)
    words = ("import_data", "acme", "accounts", str(book), "--mapping", str(mapping))
    code, message = refusal(*words)
    assert (code, message.startswith("The mapping cannot be read: ")) == (2, True)


@pytest.mark.django_db
def test_one_rejected_row_is_one_row(book: Path) -> None:
    book.write_text("external_id,name\na,\n")
    message = f"1 row rejected: see {book.with_name('book.rejected.csv')}"
    assert refusal("import_data", "acme", "accounts", str(book)) == (1, message)


@pytest.mark.django_db
def test_rejected_rows_end_with_code_1_and_stand_in_a_file_of_their_own(book: Path) -> None:
    rejected = book.with_name("book.rejected.csv")
    message = f"2 rows rejected: see {rejected}"
    assert refusal("import_data", "acme", "accounts", str(book)) == (1, message)
    assert list(csv.reader(rejected.open(newline="", encoding="utf-8-sig"))) == [
        ["external_id", "name", "seats", "line", "column", "value", "reason"],
        ["b", "", "4", "3", "name", "", "This must not be empty."],
        ["c", "Cat", "many", "4", "seats", "many", NOT_A_COUNT],
    ]
    with inside("acme"):
        assert list(Account.objects.values_list("name", flat=True)) == ["Ant", "Dog"]


@pytest.mark.django_db
def test_mended_rejects_are_sent_again_as_they_are_and_their_file_is_tidied_up(book: Path) -> None:
    refusal("import_data", "acme", "accounts", str(book))
    rejected = book.with_name("book.rejected.csv")
    mended = book.with_name("mended.csv")
    mended.write_text(rejected.read_text().replace("b,,4", "b,Bee,4").replace("Cat,many", "Cat,9"))
    result = run("import_data", "acme", "accounts", str(mended))
    assert result == "created 2, updated 0, unchanged 0, rejected 0\n"
    book.write_text(BOOK.replace("b,,", "b,Bee,").replace("many", "9"))
    result = run("import_data", "acme", "accounts", str(book))
    assert result == "created 0, updated 0, unchanged 4, rejected 0\n"
    assert not rejected.exists()


@pytest.mark.django_db
def test_a_row_with_two_faults_stands_once_among_the_rejects(book: Path) -> None:
    book.write_text("external_id,name,seats\na,,many\n")
    assert refusal("import_data", "acme", "accounts", str(book))[0] == 1
    rows = list(csv.DictReader(book.with_name("book.rejected.csv").open(newline="")))
    assert [row["column"] for row in rows] == ["name; seats"]


@pytest.mark.django_db
def test_a_dry_run_counts_and_changes_nothing(book: Path) -> None:
    assert refusal("import_data", "acme", "accounts", str(book), "--dry-run")[0] == 1
    with inside("acme"):
        assert Account.objects.count() == 0


@pytest.mark.django_db
def test_a_packed_file_is_unpacked(book: Path) -> None:
    packed = book.with_name("book.csv.gz")
    packed.write_bytes(gzip.compress(b"external_id,name\na,Ant\n"))
    result = run("import_data", "acme", "accounts", str(packed))
    assert result == "created 1, updated 0, unchanged 0, rejected 0\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody", "accounts", "book.csv"), "There is no tenant “nobody”."),
        (
            ("acme", "dragons", "book.csv"),
            f"There is no kind “dragons”: {', '.join(KINDS)}.",
        ),
        (
            ("acme", "accounts", "gone.csv"),
            "[Errno 2] No such file or directory: 'gone.csv'",
        ),
        (
            ("acme", "contacts", "book.csv"),
            "Unknown columns: “seats”. Known are: external_id, account_external_id, email, name,"
            " language, role, created_on, left_on, unsubscribed."
            f" {PROPOSED}",
        ),
        (
            ("acme", "accounts", "cut.csv.gz"),
            "The file cannot be unpacked: "
            "Compressed file ended before the end-of-stream marker was reached",
        ),
        (("acme", "accounts", "no.csv.gz"), "Not a gzipped file (b'ex')"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_one_line(
    book: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(book.parent)
    Path("cut.csv.gz").write_bytes(gzip.compress(BOOK.encode() * 1000)[:60])
    Path("no.csv.gz").write_text(BOOK)
    Path("book.rejected.csv").write_text("of an earlier run")
    assert refusal("import_data", *words) == (2, message)
    assert Path("book.rejected.csv").read_text() == "of an earlier run"


@pytest.mark.django_db
def test_unknown_names_bring_a_mapping_that_can_be_passed(tmp_path: Path) -> None:
    command = ("import_data", "acme", "accounts", str(EXPORTS / "gsheet.csv"))
    result = StringIO()
    with pytest.raises(CommandError, match="Unknown columns: “Customer ID”") as refused:
        call_command(*command, stdout=result)
    assert refused.value.returncode == 2
    assert json.loads(result.getvalue()) == {
        "Customer ID": "external_id",
        "Name": "name",
        "Created": "created_on",
        "Seats": "seats",
        "Active": "attr.Active",
    }
    with inside("acme"):
        assert not Account.objects.exists()
    mapping = tmp_path / "mapping.json"
    mapping.write_text(result.getvalue(), "utf-8")
    assert "created 1, updated 0" in run(*command, "--mapping", str(mapping))
    with inside("acme"):
        one = Account.objects.get()
    assert (one.external_id, one.name, one.created_on, one.seats) == (
        *("gs-1", "Sheet One", date(2024, 1, 31), 1200),
    )


@pytest.mark.django_db
def test_two_columns_of_one_name_are_mapped_by_place(book: Path) -> None:
    book.write_text("Customer ID,Segment,segment\na,SMB,x\n")
    result = StringIO()
    with pytest.raises(CommandError):
        call_command("import_data", "acme", "accounts", str(book), stdout=result)
    assert json.loads(result.getvalue()) == [
        {"header": "Customer ID", "column": "external_id"},
        {"header": "Segment", "column": "attr.Segment"},
        {"header": "segment", "column": "segment"},
    ]


@pytest.mark.long
def test_two_imports_of_one_file_at_once_create_its_rows_once(
    committed_acme: Tenant, own_database: str, book: Path
) -> None:
    book.write_text("external_id,name\n" + "".join(f"{n},Name {n}\n" for n in range(2000)))
    both = [import_in_a_process(own_database, book) for _ in range(2)]
    result = sorted(one.communicate(timeout=60) for one in both)
    assert result == [
        ("created 0, updated 0, unchanged 2000, rejected 0\n", ""),
        ("created 2000, updated 0, unchanged 0, rejected 0\n", ""),
    ]
    assert [one.returncode for one in both] == [0, 0]


@pytest.mark.long
def test_exit_codes_and_messages_reach_the_shell(own_database: str, book: Path) -> None:
    one = import_in_a_process(own_database, book)
    assert one.communicate(timeout=60) == (
        "created 2, updated 0, unchanged 0, rejected 2\n",
        f"CommandError: 2 rows rejected: see {book.with_name('book.rejected.csv')}\n",
    )
    assert one.returncode == 1
    book.write_bytes(b"external_id,caf\xc3\xa9\n")
    other = import_in_a_process(own_database, book)
    result, complaint = other.communicate(timeout=60)
    assert (other.returncode, complaint.count("\n")) == (2, 1)
    assert json.loads(result) == {"external_id": "external_id", "café": "attr.café"}
    assert complaint.startswith("CommandError: Unknown columns: “café”.")


def import_in_a_process(database: str, file: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_data", "acme", "accounts", str(file)],
        env=os.environ
        | {"DATABASE_URL": url_of(database), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.django_db
def test_a_preset_reads_the_export_of_another_tool(tmp_path: Path) -> None:
    file = tmp_path / "zendesk.csv"
    exports = Path(__file__).parent / "exports"
    file.write_bytes((exports / "zendesk_tickets.csv").read_bytes())
    result = run("import_data", "acme", "tickets", str(file), "--preset", "zendesk")
    assert "accounts created 1\n" in result
    assert result.endswith("created 2, updated 0, unchanged 0, rejected 0\n")


@pytest.mark.django_db
def test_what_can_be_read_in_two_ways_is_decided_by_an_option(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text("external_id,name,created_on\na,A,03/04/2025\n")
    code, message = refusal("import_data", "acme", "accounts", str(file))
    assert (code, "--date-format" in message) == (2, True)
    run("import_data", "acme", "accounts", str(file), "--date-format", "dmy")
    with inside("acme"):
        assert str(Account.objects.get().created_on) == "2025-04-03"
