"""How the wizard has a file read: by place, by presets, by what its reader chooses."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, Import
from support.models import Ticket
from tenants.context import inside
from tests.accounts.test_wizard import columns, uploaded, work_off
from tests.media import keep_files_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
EXPORTS = Path(__file__).parent / "exports"
AMBIGUOUS = "external_id,name,created_on\na,Ant,03/04/2024\n"


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Any) -> None:
    keep_files_in(tmp_path, settings)


def page_of(client: Client, number: int) -> Any:
    return client.get(f"/data/imports/{number}/?columns")


def tried(client: Client, content: str, *, kind: str = "accounts", **form: Any) -> Any:
    """The page after a trial with what is proposed, and some more."""
    number = uploaded(client, content, kind=kind)
    client.post(f"/data/imports/{number}/", columns(page_of(client, number)) | form)
    work_off()
    return client.get(f"/data/imports/{number}/")


def imported(client: Client, page: Any) -> None:
    client.post(f"/data/imports/{page.context['entry'].pk}/run/")
    work_off()


@pytest.mark.parametrize(
    ("choice", "segment"), [({"column-2": "segment"}, "SMB"), ({"column-3": "segment"}, "ENT")]
)
def test_two_columns_of_one_header_mean_what_was_chosen_for_each(
    bob: Client, choice: dict[str, str], segment: str
) -> None:
    form = {"column-2": "", "column-3": ""} | choice
    imported(bob, tried(bob, "external_id,name,segment,segment\na,Ant,SMB,ENT\n", **form))
    with inside("acme"):
        assert Account.objects.get().segment == segment


def test_of_two_columns_of_one_header_the_second_is_kept_beside_the_first(bob: Client) -> None:
    imported(bob, tried(bob, "external_id,name,City,City\na,Ant,Oslo,Bergen\n"))
    with inside("acme"):
        assert Account.objects.get().attributes == {"City": "Oslo", "City (2)": "Bergen"}


def test_the_choice_of_columns_says_what_an_empty_cell_does(bob: Client) -> None:
    page = page_of(bob, uploaded(bob, "external_id,name\na,\n"))
    assert "An empty cell takes away the value that is there." in page.content.decode()


def test_a_trial_that_finds_two_readings_comes_back_with_the_question(bob: Client) -> None:
    page = tried(bob, AMBIGUOUS)
    text = page.content.decode()
    assert (page.context["form"].question, "--date-format" in text) == ("date_format", False)
    assert 'type="radio" name="read-date_format" value="dmy"' in text
    number = page.context["entry"].pk
    bob.post(f"/data/imports/{number}/", columns(page) | {"read-date_format": "dmy"})
    work_off()
    imported(bob, bob.get(f"/data/imports/{number}/"))
    with inside("acme"):
        assert str(Account.objects.get().created_on) == "2024-04-03"


def test_a_file_of_several_separators_is_asked_about_before_its_columns(bob: Client) -> None:
    number = uploaded(bob, "external_id name segment\na Ant SMB\n")
    page = page_of(bob, number)
    assert (page.status_code, page.context["form"].question) == (200, "delimiter")
    answer = bob.post(f"/data/imports/{number}/", {"read-delimiter": "\t", "read": "1"})
    assert answer["Location"].endswith(f"/{number}/?columns")
    with inside("acme"):
        assert Import.objects.get(pk=number).options == {"delimiter": "\t"}


def test_a_header_below_a_title_is_found_by_its_line(bob: Client) -> None:
    number = uploaded(bob, "x,y\nKundennr,Firma\na,Ant\n")
    bob.post(f"/data/imports/{number}/", {"read-header_row": "2", "read": "1"})
    assert [one["header"] for one in page_of(bob, number).context["columns"]] == [
        *("Kundennr", "Firma"),
    ]


def test_a_line_that_has_no_header_can_be_chosen_anew(bob: Client) -> None:
    number = uploaded(bob, "external_id,name\na,Ant\n")
    bob.post(f"/data/imports/{number}/", {"read-header_row": "9", "read": "1"})
    page = page_of(bob, number)
    assert (page.status_code, page.context["problem"]) == (400, "There is no header in line 9.")
    bob.post(f"/data/imports/{number}/", {"read-header_row": "", "read": "1"})
    assert page_of(bob, number).status_code == 200


def test_reading_a_file_otherwise_keeps_what_was_chosen_of_its_columns(bob: Client) -> None:
    number = uploaded(bob, "external_id,name,City\na,Ant,Oslo\n")
    form = columns(page_of(bob, number), City="region") | {"read-decimal": ",", "read": "1"}
    bob.post(f"/data/imports/{number}/", form)
    page = page_of(bob, number)
    assert page.context["columns"][2]["chosen"] == "region"
    assert page.context["form"].initial["decimal"] == ","


def test_what_was_assumed_is_shown_before_and_after_the_trial(bob: Client) -> None:
    number = uploaded(bob, (EXPORTS / "cp1250.csv").read_bytes())
    page = page_of(bob, number)
    assert "Zażółć gęślą jaźń" in page.content.decode()
    assert page.context["reading"][0].startswith("Encoding: windows-1250.")
    bob.post(f"/data/imports/{number}/", columns(page))
    work_off()
    assert "Encoding: windows-1250." in bob.get(f"/data/imports/{number}/").content.decode()


def test_an_export_is_mapped_by_its_preset_and_named_where_none_was_chosen(bob: Client) -> None:
    file = (EXPORTS / "zendesk_tickets.csv").read_bytes()
    number = uploaded(bob, file, kind="tickets", name="zendesk_tickets.csv")
    assert page_of(bob, number).context["seems"] == "Zendesk"
    bob.post(f"/data/imports/{number}/", {"read-preset": "zendesk", "read": "1"})
    bob.post(f"/data/imports/{number}/", columns(page_of(bob, number)))
    work_off()
    page = bob.get(f"/data/imports/{number}/")
    assert [count for _label, count in page.context["counts"]] == [2, 0, 0, 0, 1]
    imported(bob, page)
    with inside("acme"):
        statuses = Ticket.objects.order_by("external_id").values_list("status", flat=True)
        assert list(statuses) == ["solved", "on_hold"]


def test_a_preset_of_another_kind_is_refused_at_the_upload(bob: Client) -> None:
    file = SimpleUploadedFile("a.csv", b"external_id,name\na,Ant\n")
    form = {"kind": "accounts", "preset": "stripe", "file": file}
    answer = bob.post("/data/import/", form)
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"preset"})


def test_values_that_no_column_knows_are_mapped_or_left_empty(bob: Client) -> None:
    header = "external_id,account_external_id,subject,status,priority,opened_at\n"
    rows = "1,a,Help,Waiting,top,2024-01-01\n2,a,Help,solved,P9,2024-01-01\n"
    with inside("acme"):
        Account.objects.create(external_id="a", name="Ant")
    page = tried(bob, header + rows, kind="tickets")
    number = page.context["entry"].pk
    assert "“Waiting”" in page.content.decode()
    page = page_of(bob, number)
    assert page.context["columns"][4]["values"] == [("P9", "*"), ("top", "*")]
    form: dict[str, Any] = columns(page)
    form |= {"word-3": ["Waiting"], "value-3": ["pending"]}
    form |= {"word-4": ["P9", "top"], "value-4": ["", "urgent"]}
    bob.post(f"/data/imports/{number}/", form)
    work_off()
    imported(bob, bob.get(f"/data/imports/{number}/"))
    with inside("acme"):
        one, two = Ticket.objects.order_by("external_id")
        assert (one.status, one.priority, two.status) == ("pending", "urgent", "solved")


@pytest.mark.parametrize(
    ("rows", "result"),
    [("a,\nb,\n", "Every row is rejected"), ("", "The file has no rows")],
    ids=["only rejects", "no rows"],
)
def test_a_trial_without_a_good_row_offers_no_import(bob: Client, rows: str, result: str) -> None:
    page = tried(bob, f"external_id,name\n{rows}")
    text, number = page.content.decode(), page.context["entry"].pk
    assert (result in text, f"/data/imports/{number}/run/" in text) == (True, False)
    imported(bob, page)
    with inside("acme"):
        assert Import.objects.get(pk=number).state == "checked"


def test_what_a_file_says_of_accounts_is_named_in_words(bob: Client) -> None:
    number = uploaded(bob, "id,Customer ID\ns,c\n", kind="subscriptions", preset="stripe")
    text = page_of(bob, number).content.decode()
    assert ">account: name (account.name)</option>" in text


def test_a_file_of_accounts_says_nothing_of_other_accounts(bob: Client) -> None:
    number = uploaded(bob, "Record ID,Company name\n1,Hub\n", preset="hubspot")
    assert "account.name" not in page_of(bob, number).content.decode()


def test_why_a_trial_was_refused_stands_on_the_page_once(bob: Client) -> None:
    page = tried(bob, "external_id,name,created_on\na,A,31/01/2025\nb,B,01/31/2025\n")
    assert page.content.decode().count("Days and months are mixed") == 1
