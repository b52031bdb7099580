"""Facts over REST: written by the engine of the files, read in pages."""

from typing import Any

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.undoing import undo
from accounts.models import Account, Import, Subscription
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.rest import Program

pytestmark = pytest.mark.django_db

ANT = {"external_id": "a", "name": "Ant", "seats": 3, "attributes": {"city": "Oslo"}}


@pytest.fixture
def program(db: None) -> Program:
    return Program()


def test_an_account_is_created_read_changed_and_deleted(program: Program) -> None:
    made = program("POST", "accounts/", ANT)
    assert program.status == 201
    assert (made["external_id"], made["seats"], made["attributes"]) == ("a", 3, {"city": "Oslo"})
    assert program("GET", "accounts/a/") == program("GET", f"accounts/id:{made['id']}/") == made
    changed = program("PATCH", "accounts/a/", {"segment": "Small", "attributes": {"size": 9}})
    assert (changed["name"], changed["segment"]) == ("Ant", "Small")
    assert changed["attributes"] == {"city": "Oslo", "size": 9}
    admin = Program(scope="admin")
    assert (admin("DELETE", "accounts/a/"), admin.status) == (None, 204)
    program("GET", "accounts/a/")
    assert program.status == 404


def test_null_takes_a_value_away_and_what_is_not_named_stays(program: Program) -> None:
    program("POST", "accounts/", ANT)
    changed = program("PATCH", "accounts/a/", {"seats": None, "attributes": {"city": None}})
    assert (changed["name"], changed["seats"], changed["attributes"]) == ("Ant", None, {})


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("required", "/external_id")]),
        (ANT | {"name": ""}, [("required", "/name")]),
        (ANT | {"name": None}, [("required", "/name")]),
        (ANT | {"seats": "many"}, [("count", "/seats")]),
        (ANT | {"seats": True}, [("type", "/seats")]),
        (ANT | {"seats": [3]}, [("type", "/seats")]),
        (ANT | {"name": 7}, [("type", "/name")]),
        (ANT | {"is_test": "yes"}, [("type", "/is_test")]),
        (ANT | {"colour": "red"}, [("column", "/colour")]),
        (ANT | {"attributes": {"a": {"b": 1}}}, [("type", "/attributes")]),
        (ANT | {"created_on": "soon"}, [("date", "/created_on")]),
        (ANT | {"parent_external_id": "gone"}, [("unknown", "/parent_external_id")]),
        (ANT | {"name": "x" * 301, "seats": -1}, [("too_long", "/name"), ("count", "/seats")]),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_with_where_it_is(
    program: Program, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    program("POST", "accounts/", body)
    # What fits the description and cannot be taken all the same is a 422.
    status = 422 if errors[0][0] == "unknown" else 400
    assert (program.status, sorted(program.errors)) == (status, sorted(errors))
    with inside("acme"):
        assert not Account.objects.exists()


def test_creating_what_is_there_is_a_conflict_and_changes_nothing(program: Program) -> None:
    program("POST", "accounts/", ANT)
    program("POST", "accounts/", ANT | {"name": "Other"})
    assert program.status == 409
    assert [code for code, _pointer in program.errors] == ["exists"]
    assert program("GET", "accounts/a/")["name"] == "Ant"


def test_the_name_of_a_row_cannot_be_changed(program: Program) -> None:
    program("POST", "accounts/", ANT)
    program("PATCH", "accounts/a/", {"external_id": "b"})
    assert (program.status, program.errors) == (422, [("read_only", "/external_id")])


def test_money_is_exact_and_comes_back_as_text(program: Program) -> None:
    program("POST", "accounts/", ANT)
    sold = {
        "external_id": "s",
        "account_external_id": "a",
        "plan": "Gold",
        "amount": "29.90",
        "interval": "month",
        "started_on": "2024-01-31",
    }
    made = program("POST", "subscriptions/", sold)
    assert (made["amount"], made["currency"], made["quantity"]) == ("29.9", "EUR", "1")
    assert program("PATCH", "subscriptions/s/", {"amount": 30.05})["amount"] == "30.05"
    with inside("acme"):
        assert str(Subscription.objects.get().amount) == "30.0500"


def test_many_rows_at_once_are_answered_one_by_one(program: Program) -> None:
    program("POST", "accounts/", ANT)
    rows = [ANT, {"external_id": "b", "name": "Bee"}, {"external_id": "c"}, ANT | {"seats": "x"}]
    answer = program("PUT", "accounts/bulk/", {"data": [*rows, {"external_id": "b", "name": "B"}]})
    assert [one["status"] for one in answer["results"]] == [
        *("unchanged", "created", "rejected", "rejected", "rejected")
    ]
    errors = [
        (error["code"], error["pointer"]) for one in answer["results"] for error in one["errors"]
    ]
    assert errors == [
        ("required", "/data/2/name"),
        ("count", "/data/3/seats"),
        ("repeated", "/data/4/external_id"),
    ]
    assert (answer["created"], answer["unchanged"], answer["rejected"]) == (1, 1, 3)


def test_rows_of_a_bulk_may_name_different_columns(program: Program) -> None:
    program("PUT", "accounts/bulk/", {"data": [ANT, {"external_id": "b", "name": "Bee"}]})
    rows = [{"external_id": "a", "segment": "S"}, {"external_id": "b", "seats": 8}]
    answer = program("PUT", "accounts/bulk/", {"data": rows})
    assert [one["status"] for one in answer["results"]] == ["updated", "updated"]
    there = {one["external_id"]: one for one in program("GET", "accounts/")["data"]}
    assert (there["a"]["name"], there["a"]["segment"], there["a"]["seats"]) == ("Ant", "S", 3)
    assert (there["b"]["name"], there["b"]["segment"], there["b"]["seats"]) == ("Bee", "", 8)


def test_a_bulk_can_be_undone(program: Program) -> None:
    program("POST", "accounts/", ANT)
    before = program("GET", "accounts/a/")
    rows = [ANT | {"name": "Other", "seats": None}, {"external_id": "b", "name": "Bee"}]
    answer = program("PUT", "accounts/bulk/", {"data": rows})
    with inside("acme") as tenant:
        counts = undo(entry=Import.objects.get(pk=answer["import"]), tenant=tenant)
    assert counts == {"restored": 1, "removed": 1, "left": 0}
    assert program("GET", "accounts/")["data"] == [before]


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [1]},
        {"data": {}},
        {"rows": []},
        {"data": [ANT], "mode": "x"},
        {"data": [ANT] * 1001},
    ],
    ids=["none", "no object", "no list", "other name", "more", "too many"],
)
def test_a_bulk_that_is_no_list_of_objects_is_refused(program: Program, body: Any) -> None:
    program("PUT", "accounts/bulk/", body)
    assert (program.status, [pointer for _code, pointer in program.errors]) == (400, ["/data"])


def test_a_list_comes_in_pages_that_together_are_all_of_it(program: Program) -> None:
    rows = [{"external_id": f"a{n}", "name": f"Ant {n}"} for n in range(25)]
    program("PUT", "accounts/bulk/", {"data": rows})
    seen, cursor = [], ""
    for _page in range(3):
        answer = program("GET", f"accounts/?limit=10&count=1&cursor={cursor}")
        assert answer["count"] == 25
        seen += [one["external_id"] for one in answer["data"]]
        cursor = answer["next_cursor"]
    assert seen == [row["external_id"] for row in rows]
    assert answer["has_more"] is False
    assert answer["next_cursor"] is None


def test_a_list_is_narrowed_by_what_its_columns_allow(program: Program) -> None:
    rows = [
        {"external_id": "a", "name": "A", "segment": "S", "created_on": "2024-01-01"},
        {"external_id": "b", "name": "B", "segment": "S", "created_on": "2024-02-01"},
        {"external_id": "c", "name": "C", "is_test": True, "parent_external_id": "a"},
    ]
    program("PUT", "accounts/bulk/", {"data": rows})

    def found(query: str) -> list[str]:
        return [one["external_id"] for one in program("GET", f"accounts/?{query}")["data"]]

    assert found("segment=S") == ["a", "b"]
    assert found("segment=S&created_on_from=2024-01-15&created_on_to=2024-02-01") == ["b"]
    assert found("is_test=true") == ["c"]
    assert found("parent_external_id=a") == ["c"]
    assert found("segment=%27%20OR%201=1") == []


@pytest.mark.parametrize(
    "query",
    [
        *("colour=red", "owner=x", "is_test=maybe", "created_on_from=soon", "limit=0"),
        *("limit=201", "limit=x", "cursor=%21", "seats=many", "attributes__city=Oslo"),
        *("password=x", "created_on_from=2024-13-01", "cursor=9999999999999999999999", "pk=1"),
    ],
)
def test_a_list_refuses_what_it_does_not_know(program: Program, query: str) -> None:
    program("GET", f"accounts/?{query}")
    assert program.status == 400, query


def test_ids_of_another_tenant_are_nobodys(program: Program) -> None:
    Program(slug="globex")("POST", "accounts/", ANT | {"external_id": "theirs"})
    row = {"external_id": "p", "account_external_id": "theirs"}
    program("POST", "contacts/", row)
    assert (program.status, program.errors) == (422, [("unknown", "/account_external_id")])
    answer = program("PUT", "contacts/bulk/", {"data": [row]})
    assert answer["rejected"] == 1
    assert program("GET", "contacts/?account_external_id=theirs")["data"] == []
    program("GET", "accounts/theirs/")
    assert program.status == 404


def test_a_reading_key_writes_nothing(acme: Tenant) -> None:
    reader = Program(scope="read")
    reader("POST", "accounts/", ANT)
    assert reader.status == 403
    assert Account.objects.count() == 0


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_a_list_and_says_what_it_cannot_take(program: Program, kind: str) -> None:
    answer = program("GET", f"{kind}/")
    assert answer["has_more"] is False
    program("POST", f"{kind}/", {"nothing": "known"})
    assert (program.status, [one for one in program.errors if one[0] == "column"]) == (
        400,
        [("column", "/nothing")],
    )


def test_what_has_happened_is_not_changed_in_silence(program: Program) -> None:
    program("POST", "accounts/", ANT)
    event = {
        "message_id": "m",
        "occurred_at": "2024-05-01T10:00:00Z",
        "user_id": "u",
        "account_external_id": "a",
        "event": "login",
    }
    program("POST", "events/", event)
    program("PATCH", "events/m/", {"event": "logout"})
    assert (program.status, program.errors[0][0]) == (409, "happened")
    assert program("GET", "events/m/")["event"] == "login"
