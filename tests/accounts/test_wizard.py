"""The import wizard, step by step, as a manager's browser sees it."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import jobs
from accounts.imports.intake import AlreadyImported, import_sheet
from accounts.imports.reading import sheet_of
from accounts.models import Account, Contact, Import, Job
from tenants.context import inside
from tenants.models import Due
from tests.media import keep_files_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

FILE = "Company ID;Firma;Seats;City;nonsense\na;Ant;3;Oslo;x\nb;Bee;;Bergen;y\nc;;7;;z\n"


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Any) -> None:
    keep_files_in(tmp_path, settings)


def uploaded(
    client: Client,
    content: str | bytes,
    *,
    kind: str = "accounts",
    name: str = "book.csv",
    preset: str = "",
) -> int:
    """Uploads a file; the number of the import whose page comes next."""
    data = content.encode() if isinstance(content, str) else content
    form = {"kind": kind, "preset": preset, "file": SimpleUploadedFile(name, data)}
    answer = client.post("/data/import/", form)
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].strip("/").split("/")[-1])


def work_off() -> None:
    """What a worker does: every job that waits."""
    with inside("acme"):
        for number in Job.objects.filter(state="queued").values_list("pk", flat=True):
            jobs.run(number=number)


def chosen(page: Any) -> dict[str, str]:
    """What the page with the columns proposes, by header."""
    return {one["header"]: one["chosen"] for one in page.context["columns"]}


def columns(page: Any, **other: str) -> dict[str, str]:
    """The form of that page, with some of it chosen otherwise."""
    return {
        f"column-{one['number']}": other.get(one["header"], one["chosen"])
        for one in page.context["columns"]
    }


def tried(client: Client, content: str = FILE) -> int:
    """An import whose trial has ended."""
    number = uploaded(client, content)
    page = client.get(f"/data/imports/{number}/")
    client.post(f"/data/imports/{number}/", columns(page))
    work_off()
    return number


def test_columns_are_proposed_by_name_by_likeness_and_else_kept(bob: Client) -> None:
    header = "External-ID;Company Name;Segmnt;CSM;Kraj;Mitarbeiter"
    number = uploaded(bob, f"{header}\na;Ant;Small;bob@acme.test;PL;7\n")
    assert chosen(bob.get(f"/data/imports/{number}/")) == {
        "External-ID": "external_id",
        "Company Name": "name",
        "Segmnt": "segment",
        "CSM": "owner_email",
        "Kraj": "country",
        "Mitarbeiter": "attr.Mitarbeiter",
    }


def test_a_file_goes_from_upload_over_trial_to_import(bob: Client) -> None:
    number = uploaded(bob, FILE)
    page = bob.get(f"/data/imports/{number}/")
    form = columns(page, **{"Company ID": "external_id", "Firma": "name", "nonsense": ""})
    assert bob.post(f"/data/imports/{number}/", form)["Location"] == f"/data/imports/{number}/"
    assert "waiting" in bob.get(f"/data/imports/{number}/").content.decode()
    work_off()
    page = bob.get(f"/data/imports/{number}/")
    assert [count for _label, count in page.context["counts"]] == [2, 0, 0, 1]
    with inside("acme"):
        assert Account.objects.count() == 0
    bob.post(f"/data/imports/{number}/run/")
    work_off()
    with inside("acme"):
        stored = Account.objects.order_by("name").values_list("external_id", "seats", "attributes")
        assert list(stored) == [("a", 3, {"City": "Oslo"}), ("b", None, {"City": "Bergen"})]
    page = bob.get(f"/data/imports/{number}/")
    assert [one["reason"] for one in page.context["rejects"]] == ["This must not be empty."]


def test_what_columns_meant_is_remembered_for_the_next_file(bob: Client) -> None:
    number = uploaded(bob, FILE)
    page = bob.get(f"/data/imports/{number}/")
    meant = {"Company ID": "external_id", "Firma": "name", "nonsense": "", "City": "region"}
    bob.post(f"/data/imports/{number}/", columns(page, **meant))
    again = chosen(bob.get(f"/data/imports/{uploaded(bob, FILE)}/"))
    assert again == meant | {"Seats": "seats"}


@pytest.mark.parametrize(
    ("other", "result"),
    [
        ({"Firma": "external_id", "Company ID": "external_id"}, "Each column can be chosen once"),
        ({"Company ID": "", "Firma": "name"}, "Say which column is: External id"),
        ({"Company ID": "external_id", "Firma": "password"}, "Choose one of the columns"),
    ],
)
def test_a_choice_that_cannot_be_is_explained_and_kept(
    bob: Client, other: dict[str, str], result: str
) -> None:
    number = uploaded(bob, FILE)
    form = columns(bob.get(f"/data/imports/{number}/"), **other)
    answer = bob.post(f"/data/imports/{number}/", form)
    assert (answer.status_code, result in answer.content.decode()) == (400, True)
    assert chosen(answer)["Firma"] == other["Firma"]
    with inside("acme"):
        assert not Job.objects.exists()


def test_the_trial_shows_what_would_change(bob: Client) -> None:
    with inside("acme"):
        Account.objects.create(external_id="a", name="Old name", seats=3)
    number = tried(bob, "external_id,name,seats\na,Ant,3\n")
    page = bob.get(f"/data/imports/{number}/")
    assert page.context["entry"].changes == [{"row": "a", "columns": [["name", "Old name", "Ant"]]}]
    assert "Old name" in page.content.decode()


def test_the_rejects_come_as_a_file_that_completes_the_import(bob: Client) -> None:
    number = tried(bob, "external_id,name,seats\na,Ant,3\nb,,4\nc,=1+1,many\n")
    bob.post(f"/data/imports/{number}/run/")
    work_off()
    answer = bob.get(f"/data/imports/{number}/rejects/")
    file = answer.getvalue().decode()
    assert file.splitlines()[2].startswith("c,'=1+1,many,4,seats,many,")
    mended = file.replace("b,,4", "b,Bee,4").replace("c,'=1+1,many", "c,'=1+1,5")
    again = uploaded(bob, mended)
    bob.post(f"/data/imports/{again}/", columns(bob.get(f"/data/imports/{again}/")))
    work_off()
    bob.post(f"/data/imports/{again}/run/")
    work_off()
    with inside("acme"):
        assert dict(Account.objects.values_list("external_id", "name")) == {
            "a": "Ant",
            "b": "Bee",
            "c": "=1+1",
        }


def test_an_import_is_undone_by_its_button(bob: Client) -> None:
    number = tried(bob, "external_id,name\na,Ant\n")
    bob.post(f"/data/imports/{number}/run/")
    work_off()
    assert "Undo this import" in bob.get(f"/data/imports/{number}/").content.decode()
    bob.post(f"/data/imports/{number}/undo/")
    work_off()
    page = bob.get(f"/data/imports/{number}/").content.decode()
    assert "what it created is gone" in page
    assert "Undo this import" not in page
    with inside("acme"):
        assert Account.objects.count() == 0


def test_an_import_that_was_done_is_not_done_again_by_a_job_that_comes_twice(bob: Client) -> None:
    number = tried(bob, "external_id,name\na,Ant\n")
    bob.post(f"/data/imports/{number}/run/")
    bob.post(f"/data/imports/{number}/run/")
    with inside("acme"):
        assert Job.objects.filter(kind="import").count() == 1
        job = Job.objects.get(kind="import")
    work_off()
    with inside("acme"):
        Job.objects.filter(pk=job.pk).update(state="queued")
    work_off()
    with inside("acme"):
        assert Import.objects.get(pk=number).created == 1


def test_no_file_and_no_kind_are_asked_for(bob: Client) -> None:
    answer = bob.post("/data/import/", {"kind": "dragons"})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"kind", "file"}


def test_a_job_that_waits_is_cancelled_at_once_and_changes_nothing(bob: Client) -> None:
    number = uploaded(bob, "external_id,name\na,Ant\n")
    bob.post(f"/data/imports/{number}/", columns(bob.get(f"/data/imports/{number}/")))
    with inside("acme"):
        job = Job.objects.get()
    bob.post(f"/data/jobs/{job.pk}/cancel/")
    work_off()
    with inside("acme"):
        job.refresh_from_db()
        assert (job.state, Contact.objects.count()) == ("cancelled", 0)


def test_whoever_asked_is_told_of_the_end_until_they_have_seen_it(bob: Client) -> None:
    tried(bob)
    with inside("acme"):
        job = Job.objects.get()
    assert f"/data/jobs/{job.pk}/" in bob.get("/").content.decode()
    assert job.title in bob.get(f"/data/jobs/{job.pk}/").content.decode()
    assert f"/data/jobs/{job.pk}/" not in bob.get("/").content.decode()


def test_the_page_of_an_import_shows_the_end_of_its_jobs(bob: Client) -> None:
    number = tried(bob)
    with inside("acme"):
        job = Job.objects.get()
    bob.get(f"/data/imports/{number}/")
    assert f"/data/jobs/{job.pk}/" not in bob.get("/").content.decode()


def test_the_page_of_data_names_every_kind_and_gives_an_empty_file_for_each(bob: Client) -> None:
    page = bob.get("/data/")
    for one in page.context["kinds"]:
        file = bob.get(f"/data/templates/{one['kind'].name}.csv")
        header = file.content.decode("utf-8-sig").strip().split(",")
        assert header == [column.name for column in one["kind"].columns]
    assert len(page.context["kinds"]) == 19
    assert bob.get("/data/templates/dragons.csv").status_code == 404


def test_an_import_that_another_process_has_done_is_not_counted_anew(bob: Client) -> None:
    number = tried(bob, "external_id,name\na,Ant\n")
    with inside("acme") as tenant:
        mine, other = (Import.objects.get(pk=number) for _copy in range(2))
        for entry in (mine, other):
            with entry.file.open("rb") as source:
                sheet = sheet_of(kind=entry.of_kind, source=source)  # type: ignore[arg-type]
                if entry is mine:
                    import_sheet(entry=entry, sheet=sheet, tenant=tenant)
                else:
                    with pytest.raises(AlreadyImported):
                        import_sheet(entry=entry, sheet=sheet, tenant=tenant)
        assert Import.objects.get(pk=number).created == 1


def test_the_page_of_a_waiting_trial_says_its_place_in_the_line(bob: Client) -> None:
    for _ in range(2):
        number = uploaded(bob, FILE)
        bob.post(f"/data/imports/{number}/", columns(bob.get(f"/data/imports/{number}/")))
    Due.objects.using("ledger").update(due_at=timezone.now())
    assert "place 2 in the queue" in bob.get(f"/data/imports/{number}/").content.decode()
    assert "place 1 in the queue" in bob.get("/data/jobs/").content.decode()


def test_somebody_with_too_much_waiting_is_told_so(bob: Client, settings: LazySettings) -> None:
    settings.JOBS_WAITING_PER_TENANT = 0
    number = uploaded(bob, FILE)
    answer = bob.post(f"/data/imports/{number}/", columns(bob.get(f"/data/imports/{number}/")))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "0 jobs are waiting already. Try again" in answer.content.decode()
    assert bob.get(f"/data/imports/{number}/").status_code == 200


def test_a_row_with_two_faults_is_one_rejected_row_everywhere(bob: Client) -> None:
    number = tried(
        bob, "external_id,name,seats,created_on\na,Ant,many,someday\nb,,few,\nc,Cat,1,\n"
    )
    with inside("acme"):
        entry = Import.objects.select_related("job").get(pk=number)
    assert entry.job is not None
    assert (entry.rejected, entry.job.errors) == (2, 2)
    assert "2 rejected rows" in bob.get(f"/data/imports/{number}/").content.decode()
    assert "2 rejected rows" in bob.get(f"/data/jobs/{entry.job.pk}/").content.decode()
