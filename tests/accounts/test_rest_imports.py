"""Files over REST, followed as jobs; and the same request twice."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import jobs
from accounts.models import Account, IdempotentAnswer, Import, Job
from tenants.context import inside
from tenants.models import Due
from tests.accounts.rest import Program
from tests.media import keep_files_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
FILE = "external_id,Firma\na,Ant\nb,\n"


@pytest.fixture
def program(db: None, settings: LazySettings, tmp_path: Any) -> Program:
    keep_files_in(tmp_path, settings)
    return Program()


def send(program: Program, *, text: str = FILE, key: str = "", **fields: str) -> Any:
    file = SimpleUploadedFile("book.csv", text.encode())
    mapping = json.dumps({"Firma": "name"})
    body = {"kind": "accounts", "file": file, "mapping": mapping} | fields
    headers = {"Idempotency-Key": key} if key else {}
    answer = program.client.post("/api/v1/imports/", body, headers=headers)
    program.last = answer  # type: ignore[assignment]  # its typed twin
    return json.loads(answer.content)


def work_off() -> None:
    with inside("acme"):
        for number in Job.objects.filter(state="queued").values_list("pk", flat=True):
            jobs.run(number=number)


def test_a_file_is_taken_in_by_a_job_and_its_rejects_fetched(program: Program) -> None:
    sent = send(program)
    assert (program.status, sent["state"], sent["job"]["state"]) == (202, "uploaded", "queued")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert (there["state"], there["created"], there["rejected"]) == ("done", 1, 1)
    assert there["job"]["state"] == "done"
    answer = program.client.get(f"/api/v1/imports/{sent['id']}/rejects/")
    assert answer.getvalue().decode().splitlines()[1].startswith("b,,3,name,,This must not")
    assert [one["id"] for one in program("GET", "imports/")["data"]] == [sent["id"]]
    assert program("GET", "jobs/")["data"][0]["result"]["created"] == 1


def test_a_dry_run_counts_and_changes_nothing(program: Program) -> None:
    sent = send(program, dry_run="true")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert (there["state"], there["created"], there["rejected"]) == ("checked", 1, 1)
    with inside("acme"):
        assert not Account.objects.exists()


def test_an_import_is_undone_once(program: Program) -> None:
    sent = send(program)
    program("POST", f"imports/{sent['id']}/undo/")
    assert program.status == 409
    work_off()
    assert program("POST", f"imports/{sent['id']}/undo/")["job"]["kind"] == "undo"
    work_off()
    assert program("GET", f"imports/{sent['id']}/")["state"] == "undone"
    with inside("acme"):
        assert not Account.objects.exists()
    program("POST", f"imports/{sent['id']}/undo/")
    assert program.status == 409


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [({"kind": "dragons"}, "/kind"), ({"file": ""}, "/file")],
)
def test_what_cannot_be_uploaded_is_said(
    program: Program, fields: dict[str, str], pointer: str
) -> None:
    send(program, **fields)
    assert (program.status, [where for _code, where in program.errors]) == (400, [pointer])


def test_a_file_that_is_too_large_is_no_mistake_of_the_form(
    program: Program, settings: LazySettings
) -> None:
    settings.IMPORT_LARGEST_FILE = len(FILE) - 1
    send(program)
    assert (program.status, program.errors) == (422, [("too_large", "/file")])


def test_a_file_that_is_refused_says_why(program: Program) -> None:
    sent = send(program, text="colour\nred\n")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert (there["state"], there["job"]["state"]) == ("refused", "failed")
    assert there["refusal"].startswith("Unknown columns: “colour”")


def test_a_job_that_waits_can_be_cancelled(program: Program) -> None:
    sent = send(program)
    assert program("POST", f"jobs/{sent['job']['id']}/cancel/")["state"] == "cancelled"
    work_off()
    assert program("GET", f"imports/{sent['id']}/")["state"] == "cancelled"


def test_a_cancelled_undoing_leaves_the_import_done(program: Program) -> None:
    sent = send(program)
    work_off()
    undoing = program("POST", f"imports/{sent['id']}/undo/")["job"]
    program("POST", f"jobs/{undoing['id']}/cancel/")
    assert program("GET", f"imports/{sent['id']}/")["state"] == "done"


def test_a_file_is_read_as_its_sender_says(program: Program) -> None:
    rows = "A report\nexternal_id;name;created_on\na;Ant;03.04.2024\n"
    how = {"delimiter": "semicolon", "header_row": "2", "date_format": "mdy"}
    sent = send(program, text=rows, mapping="{}", encoding="cp1250", **how)
    assert sent["options"] == {
        "encoding": "windows-1250",
        "delimiter": ";",
        "header_row": 2,
        "date_format": "mdy",
    }
    work_off()
    assert program("GET", f"imports/{sent['id']}/")["created"] == 1
    with inside("acme"):
        assert Account.objects.get().created_on == date(2024, 3, 4)


def test_the_answer_says_what_was_assumed(program: Program) -> None:
    rows = "external_id;name;created_on\na;Ant;31.04.2024\nb;Bee;31.05.2024\n"
    sent = send(program, text=rows, mapping="{}")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert there["assumptions"][0] == "Separator: ;."
    assert there["assumptions"][-1].startswith("Dates: day first")


def test_an_ambiguous_file_names_the_field_that_decides(program: Program) -> None:
    rows = "external_id,name,created_on\na,Ant,03/04/2024\n"
    sent = send(program, text=rows, mapping="{}")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert (there["state"], there["question"]["option"]) == ("refused", "date_format")
    assert there["question"]["choices"] == ["dmy", "mdy"]
    assert "--" not in there["refusal"]
    sent = send(program, text=rows, mapping="{}", date_format="dmy")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert (there["created"], there["question"]) == (1, None)


def test_an_export_comes_in_by_its_preset_with_its_accounts(program: Program) -> None:
    rows = "ID,Organization,Subject,Status,Created at\n1,Org,Help,Hold,2024-02-01 10:00\n"
    sent = send(program, text=rows, kind="tickets", preset="zendesk", mapping="")
    work_off()
    there = program("GET", f"imports/{sent['id']}/")
    assert (there["created"], there["accounts_created"], there["preset"]) == (1, 1, "zendesk")


def test_columns_are_mapped_by_place_and_values_by_a_table(program: Program) -> None:
    rows = "id,Name,Name\na,Ant,Big\n"
    mapping = [
        {"header": "id", "column": "external_id"},
        {"header": "Name", "column": "name"},
        {"header": "Name", "column": "segment", "values": {"big": "ENT"}},
    ]
    send(program, text=rows, mapping=json.dumps(mapping))
    work_off()
    with inside("acme"):
        assert list(Account.objects.values_list("name", "segment")) == [("Ant", "ENT")]


def test_a_trial_lists_the_values_that_no_column_knows(program: Program) -> None:
    rows = "external_id,name,is_test\na,Ant,maybe\nb,Bee,YES\n"
    sent = send(program, text=rows, mapping="{}", dry_run="true")
    work_off()
    assert program("GET", f"imports/{sent['id']}/")["unknown_values"] == {"is_test": ["maybe"]}


@pytest.mark.parametrize(
    ("fields", "status", "pointer"),
    [
        ({"preset": "dragons"}, 400, "/preset"),
        ({"preset": "stripe"}, 422, "/preset"),
        ({"encoding": "dragons"}, 422, "/encoding"),
        ({"delimiter": "x"}, 422, "/delimiter"),
        ({"header_row": "0"}, 400, "/header_row"),
        ({"date_format": "ydm"}, 400, "/date_format"),
        ({"decimal": ";"}, 400, "/decimal"),
        ({"mapping": "7"}, 422, "/mapping"),
        ({"mapping": "[1]"}, 422, "/mapping"),
        ({"mapping": "{"}, 422, "/mapping"),
        ({"mapping": '[{"column": "name"}]'}, 422, "/mapping"),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(
    program: Program, fields: dict[str, str], status: int, pointer: str
) -> None:
    send(program, **fields)
    assert (program.status, [where for _code, where in program.errors]) == (status, [pointer])
    with inside("acme"):
        assert not Import.objects.exists()


def test_the_same_request_twice_has_one_effect_and_one_answer(program: Program) -> None:
    body = {"external_id": "a", "name": "Ant"}
    first = program("POST", "accounts/", body, Idempotency_Key="k1")
    assert program.status == 201
    assert program("POST", "accounts/", body, Idempotency_Key="k1") == first
    assert program.status == 201
    program("POST", "accounts/", body)
    assert program.status == 409


def test_a_key_is_not_for_another_request(program: Program) -> None:
    program("POST", "accounts/", {"external_id": "a", "name": "Ant"}, Idempotency_Key="k1")
    program("POST", "accounts/", {"external_id": "b", "name": "Bee"}, Idempotency_Key="k1")
    assert (program.status, program.errors[0][0]) == (409, "idempotency_key")
    assert [one["external_id"] for one in program("GET", "accounts/")["data"]] == ["a"]


def test_a_refused_request_may_be_sent_again_mended(program: Program) -> None:
    program("POST", "accounts/", {"external_id": "a"}, Idempotency_Key="k1")
    assert program.status == 400
    program("POST", "accounts/", {"external_id": "a", "name": "Ant"}, Idempotency_Key="k1")
    assert program.status == 201
    with inside("acme"):
        assert IdempotentAnswer.objects.count() == 1


def test_the_same_key_of_two_callers_is_two_keys(program: Program) -> None:
    other = Program()
    program("POST", "accounts/", {"external_id": "a", "name": "Ant"}, Idempotency_Key="k1")
    other("POST", "accounts/", {"external_id": "b", "name": "Bee"}, Idempotency_Key="k1")
    assert other.status == 201


def test_a_file_sent_twice_under_one_key_is_one_import(program: Program) -> None:
    assert send(program, key="f")["id"] == send(program, key="f")["id"]
    with inside("acme"):
        assert Import.objects.count() == 1


@pytest.mark.parametrize("key", ["x" * 256, "\u00e9\u0000"])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    program("POST", "accounts/", {"external_id": "a", "name": "Ant"}, Idempotency_Key=key)
    assert program.status == 400


def test_too_many_waiting_files_are_refused_before_they_are_kept(
    program: Program, settings: LazySettings
) -> None:
    settings.JOBS_WAITING_PER_TENANT = 2
    send(program)
    send(program)
    with inside("acme"):
        folder = Path(Import.objects.latest("pk").file.path).parent
    stored = sorted(folder.iterdir())
    refused = send(program)
    assert program.status == 429
    assert program.last.headers["Retry-After"] == "60"
    assert refused["detail"].startswith("2 jobs are waiting already.")
    with inside("acme"):
        assert Import.objects.count() == Job.objects.count() == 2
    assert sorted(folder.iterdir()) == stored


def test_a_job_that_waits_says_its_place_in_the_line(program: Program) -> None:
    sent = [send(program) for _ in range(3)]
    Due.objects.using("ledger").update(due_at=timezone.now())
    with CaptureQueriesContext(connections["ledger"]) as query:
        places = [one["position"] for one in program("GET", "jobs/")["data"]]
    assert places == [3, 2, 1]
    assert len(query) == len(jobs.QUEUES)
    assert program("GET", f"imports/{sent[2]['id']}/")["job"]["position"] == 3
    assert program("GET", f"jobs/{sent[0]['job']['id']}/")["position"] == 1
    work_off()
    assert program("GET", f"jobs/{sent[0]['job']['id']}/")["position"] is None
