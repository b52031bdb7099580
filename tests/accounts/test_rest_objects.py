"""Objects over REST: how they are addressed, sent back, and kept from being overwritten unseen."""

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from accounts.imports.kinds import KINDS
from accounts.models import Account, Contact, Subscription
from tenants.context import inside
from tests import facts
from tests.accounts.rest import Program

pytestmark = pytest.mark.django_db

ANT = {"external_id": "a", "name": "Ant", "seats": 3, "attributes": {"city": "Oslo"}}
FAR = 10**6  # an id that no sequence has come to
ODD = ("f/2", "bulk", "x/scorecard", "50%", "a%2Fb", "ü 🙂", "?q=1", "#", "a/", "//", "scorecard")


@pytest.fixture
def program(db: None) -> Program:
    return Program(scope="admin")


def as_sent(program: Program, path: str) -> Any:
    """GET with the path as a server hands it on beside the decoded one."""
    program.last = program.client.get(f"/api/v1/{path}", RAW_URI=f"/api/v1/{path}?")  # type: ignore[assignment]
    return program.last.json()  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_number_is_an_external_id_and_never_stands_for_an_inner_one(
    program: Program, method: str
) -> None:
    inner = program("POST", "accounts/", ANT)["id"]
    program(method, f"accounts/{inner}/", {"name": "Other"})
    assert program.status == 404
    program("GET", f"accounts/{inner}/scorecard/")
    assert program.status == 404
    assert program("GET", f"accounts/id:{inner}/")["name"] == "Ant"
    assert program("GET", f"accounts/id:{inner}/scorecard/")["account"] == "a"


@pytest.mark.parametrize("name", ["id:", "id:x", "id:-1", "id:٣", "id:1e3", f"id:{10**30}", "id:0"])
def test_an_inner_id_that_is_none_is_not_found(program: Program, name: str) -> None:
    program("GET", f"accounts/{quote(name)}/")
    assert program.status == 404


def test_no_new_row_is_called_like_an_inner_id(program: Program) -> None:
    program("POST", "accounts/", ANT | {"external_id": "id:7"})
    assert program.errors == [("inner_id", "/external_id")]
    answer = program("PUT", "accounts/bulk/", {"data": [ANT | {"external_id": "id:7"}]})
    assert [one["errors"][0]["code"] for one in answer["results"]] == ["inner_id"]


def test_a_row_that_was_called_so_before_can_be_changed(program: Program) -> None:
    with inside("acme"):
        old = Account.objects.create(external_id="id:7", name="Old")
    answer = program("PUT", "accounts/bulk/", {"data": [{"external_id": "id:7", "name": "New"}]})
    assert answer["updated"] == 1
    assert program("GET", f"accounts/id:{old.pk}/")["name"] == "New"


@pytest.mark.parametrize("name", ODD)
def test_an_external_id_of_any_characters_is_addressed_percent_encoded(
    program: Program, name: str
) -> None:
    program("POST", "accounts/", ANT | {"external_id": name})
    path = f"accounts/{quote(name, safe='')}"
    for address in (path, f"{path}/"):
        assert as_sent(program, address)["external_id"] == name
        assert as_sent(program, f"{path}/scorecard/")["account"] == name


@pytest.mark.parametrize("name", ["f/2", "bulk", "50%", "a%2Fb", "ü 🙂"])
def test_it_is_also_where_the_server_hands_on_the_decoded_path_alone(
    program: Program, name: str
) -> None:
    program("POST", "accounts/", ANT | {"external_id": name})
    path = f"accounts/{quote(name, safe='')}/"
    assert program("PATCH", path, {"name": "Bee"})["name"] == "Bee"
    assert program("GET", f"{path}scorecard/")["account"] == name
    assert (program("DELETE", path), program.status) == (None, 204)


def test_the_address_of_many_is_of_no_object_unless_one_is_called_so(program: Program) -> None:
    program("GET", "accounts/bulk/")
    assert (program.status, program.last["Allow"]) == (405, "PUT, OPTIONS")


def test_a_path_without_its_last_slash_is_the_same_for_every_method(program: Program) -> None:
    program("POST", "accounts", ANT)
    assert program.status == 201
    assert program("PATCH", "accounts/a", {"name": "Bee"})["name"] == "Bee"
    assert program("GET", "accounts/a")["name"] == "Bee"
    assert program("PUT", "accounts/bulk", {"data": [ANT]})["updated"] == 1
    assert program("GET", "accounts?limit=1")["has_more"] is False
    program("DELETE", "accounts/a")
    assert program.status == 204
    program("POST", "nowhere", {})
    assert program.status == 404


def test_a_page_without_its_last_slash_leads_to_the_one_with_it(anyone: Client) -> None:
    response = anyone.get("/login")
    assert (response.status_code, response.headers["Location"]) == (301, "/login/")


def test_a_tag_names_the_state_of_an_object(program: Program) -> None:
    program("POST", "accounts/", ANT)
    first = program.last["ETag"]
    program("GET", "accounts/a/")
    assert program.last["ETag"] == first
    program("PATCH", "accounts/a/", {"name": "Bee"})
    second = program.last["ETag"]
    assert (first[0], first[-1], second != first) == ('"', '"', True)
    program("PATCH", "accounts/a/", {"name": "Ant"})
    assert program.last["ETag"] == first


def test_an_answer_given_again_has_its_tag_too(program: Program) -> None:
    program("POST", "accounts/", ANT, Idempotency_Key="k")
    first = program.last["ETag"]
    program("POST", "accounts/", ANT, Idempotency_Key="k")
    assert (program.status, program.last["ETag"]) == (201, first)


def test_who_has_the_object_as_it_is_gets_no_body(program: Program) -> None:
    program("POST", "accounts/", ANT)
    tag = program.last["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        program("GET", "accounts/a/", If_None_Match=known)
        assert (program.status, program.last.content, program.last["ETag"]) == (304, b"", tag)
    program("GET", "accounts/a/", If_None_Match='"other"')
    assert program.status == 200


@pytest.mark.parametrize(
    "header",
    [
        {"If_Match": '"nonsense"'},
        {"If_Match": "nonsense"},
        {"If_Match": ""},
        {"If_Match": "W/{tag}"},
        {"If_None_Match": "{tag}"},
        {"If_None_Match": "*"},
        {"If_Unmodified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If_Unmodified_Since": "2001"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_precondition_that_is_not_met_changes_nothing(
    program: Program, method: str, header: dict[str, str]
) -> None:
    program("POST", "accounts/", ANT)
    header = {name: value.format(tag=program.last["ETag"]) for name, value in header.items()}
    program(method, "accounts/a/", {"name": "Bee"}, **header)
    assert (program.status, [code for code, _where in program.errors]) == (412, ["precondition"])
    assert program("GET", "accounts/a/")["name"] == "Ant"


def test_a_change_under_the_right_tag_is_made_once(program: Program) -> None:
    program("POST", "accounts/", ANT)
    tag = program.last["ETag"]
    program("PATCH", "accounts/a/", {"name": "Bee"}, If_Match=f'"other", {tag}')
    assert program.status == 200
    program("PATCH", "accounts/a/", {"name": "Cow"}, If_Match=tag)
    assert program.status == 412
    program("PATCH", "accounts/a/", {"name": "Cow"}, If_Match="*")
    assert program.status == 200


def test_what_was_not_changed_since_a_time_may_be_changed(program: Program) -> None:
    program("POST", "accounts/", ANT)
    later = "Tue, 01 Jan 2199 00:00:00 GMT"
    program("PATCH", "accounts/a/", {"name": "Bee"}, If_Unmodified_Since=later)
    assert program.status == 200


def test_a_change_looks_at_the_row_that_it_holds(program: Program) -> None:
    program("POST", "accounts/", ANT)
    tag = program.last["ETag"]
    seen: list[str] = []
    with connection.execute_wrapper(_noting(seen)):
        program("PATCH", "accounts/a/", {"name": "Bee"}, If_Match=tag)
    statements = [one for one in seen if "advisory" in one or "FOR UPDATE" in one]
    assert "advisory" in statements[0]
    assert "FOR UPDATE" in statements[1]


def _noting(seen: list[str]) -> Any:
    def execute(run: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return run(sql, parameters, many, context)

    return execute


def test_null_for_all_attributes_takes_all_of_them_away(program: Program) -> None:
    program("POST", "accounts/", ANT)
    assert program("PATCH", "accounts/a/", {"attributes": None})["attributes"] == {}
    made = program("POST", "accounts/", {"external_id": "b", "name": "Bee", "attributes": None})
    assert made["attributes"] == {}


@pytest.mark.parametrize("pk", [0, 10**12])
def test_the_id_of_another_row_is_refused(program: Program, pk: int) -> None:
    program("POST", "accounts/", ANT)
    program("PATCH", "accounts/a/", {"id": pk, "name": "Bee"})
    assert program.errors == [("read_only", "/id")]
    answer = program("PUT", "accounts/bulk/", {"data": [ANT | {"id": pk}]})
    assert answer["results"][0]["errors"][0]["pointer"] == "/data/0/id"
    program("POST", "accounts/", ANT | {"external_id": "b", "id": pk})
    assert program.errors == [("read_only", "/id")]


def test_the_id_of_the_row_of_another_key_is_refused(program: Program) -> None:
    program("POST", "accounts/", ANT)
    other = program("POST", "accounts/", ANT | {"external_id": "b"})["id"]
    answer = program("PUT", "accounts/bulk/", {"data": [ANT | {"id": other}]})
    assert [one["code"] for one in answer["results"][0]["errors"]] == ["read_only"]


@pytest.fixture
def filled(program: Program) -> Program:
    """Acme with a row of every kind."""
    with inside("acme"):
        account = Account.objects.create(pk=FAR, external_id="a", name="Ant", attributes={"n": 1.5})
        Contact.objects.create(pk=FAR, external_id="c", account=account)
        Subscription.objects.create(
            pk=FAR,
            external_id="s",
            account=account,
            plan="P",
            currency="EUR",
            amount=9,
            interval="month",
            started_on=date(2024, 1, 1),
        )
        facts.store(text=lambda name: name, pk=FAR, parents=FAR)
    program("POST", "rates/", {"currency": "USD", "day": "2024-01-01", "rate": "0.9"})
    return program


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_a_get_gives_can_be_sent_back_and_changes_nothing(filled: Program, kind: str) -> None:
    rows = filled("GET", f"{kind}/")["data"]
    assert rows
    for row in rows:
        tag = (filled("GET", f"{kind}/id:{row['id']}/"), filled.last["ETag"])[1]
        assert filled("PATCH", f"{kind}/id:{row['id']}/", row, If_Match=tag) == row
        assert (filled.status, filled.last["ETag"]) == (200, tag)
    answer = filled("PUT", f"{kind}/bulk/", {"data": rows})
    assert {one["status"] for one in answer["results"]} == {"unchanged"}


def test_what_cannot_be_seen_makes_no_twins_over_rest(program: Program) -> None:
    program("POST", "accounts/", ANT)
    twin = {
        "external_id": "\u200ea\u200b",
        "name": "Ant\ufeff",
        "attributes": {"city": "Oslo\u200b"},
    }
    answer = program("PUT", "accounts/bulk/", {"data": [twin]})
    assert answer["results"][0]["status"] == "unchanged"
    owner = program(
        "PATCH", "accounts/a/", {"owner_email": "ann\u200b@x.example", "segment": "e\u0301"}
    )
    assert (owner["owner_email"], owner["segment"]) == ("ann@x.example", "\u00e9")
    with inside("acme"):
        assert Account.objects.count() == 1
