"""Keys that let programs in, and the trail of who changed what."""

from datetime import timedelta

import pghistory
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, ApiKey
from tenants.context import inside

pytestmark = pytest.mark.django_db


def me(key: str) -> int:
    """What the REST API answers a key."""
    client = Client(headers={"host": "acme.localhost", "authorization": f"Bearer {key}"})
    return int(client.get("/api/v1/me/").status_code)


def made(alice: Client, **fields: str) -> str:
    answer = alice.post("/data/keys/", {"name": "Sync", "scope": "read"} | fields)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    return str(answer.context["secret"])


def test_a_new_key_works_and_is_shown_once(alice: Client) -> None:
    key = made(alice)
    assert me(key) == 200
    page = alice.get("/data/keys/").content.decode()
    assert (key in page, "Sync" in page) == (False, True)


def test_only_admins_see_keys_and_the_trail(bob: Client, anyone: Client) -> None:
    for address in ("/data/keys/", "/data/history/"):
        assert (bob.get(address).status_code, anyone.get(address).status_code) == (403, 302)
    assert bob.post("/data/keys/", {"name": "x", "scope": "admin"}).status_code == 403


def test_a_revoked_key_opens_nothing(alice: Client) -> None:
    key = made(alice)
    alice.post(f"/data/keys/{key.split('.')[0]}/revoke/")
    assert me(key) == 401


@pytest.mark.parametrize(("grace", "status"), [("0", 401), ("24", 200)])
def test_a_replaced_key_works_on_for_as_long_as_was_said(
    alice: Client, grace: str, status: int
) -> None:
    old = made(alice, scope="write")
    answer = alice.post(f"/data/keys/{old.split('.')[0]}/replace/", {"grace": grace})
    assert (me(answer.context["secret"]), me(old)) == (200, status)
    with inside("acme"):
        assert {key.scope for key in ApiKey.objects.filter(name="Sync")} == {"write"}


def test_a_key_that_is_replaced_does_not_live_longer_than_it_should(alice: Client) -> None:
    old = made(alice)
    soon = timezone.now() + timedelta(hours=1)
    with inside("acme"):
        ApiKey.objects.filter(name="Sync").update(expiry_date=soon)
    alice.post(f"/data/keys/{old.split('.')[0]}/replace/", {"grace": "168"})
    with inside("acme"):
        assert {key.expiry_date for key in ApiKey.objects.filter(name="Sync")} == {soon}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"scope": "everything"}, "scope"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "soon"}, "expires_on"),
    ],
)
def test_a_key_that_cannot_be_made_is_explained(
    alice: Client, fields: dict[str, str], name: str
) -> None:
    answer = alice.post("/data/keys/", {"name": "Sync", "scope": "read"} | fields)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [name])


def test_the_trail_says_who_changed_what_from_what_to_what(alice: Client) -> None:
    with inside("acme"):
        account = Account.objects.create(external_id="a", name="Ant", seats=3)
    alice.post(
        f"/admin/accounts/account/{account.pk}/change/",
        {"external_id": "a", "name": "Anteater", "seats": "3", "attributes": "{}"},
    )
    (change, _created) = alice.get("/data/history/").context["changes"]
    assert (change.deed, change.who, change.source) == ("update", "alice@acme.test", "admin")
    assert change.values == [("name", "Ant", "Anteater")]


def test_the_trail_is_narrowed_by_row_by_person_and_by_day(alice: Client) -> None:
    with inside("acme"):
        for name, who in (("a", "ida@acme.test"), ("b", "otto@acme.test")):
            with pghistory.context(source="page", user=who):
                Account.objects.create(external_id=name, name=name.upper())
    today = timezone.now().date()

    def found(query: str) -> list[str]:
        return [one.name for one in alice.get(f"/data/history/?{query}").context["changes"]]

    assert found("row=a") == ["a"]
    assert found("who=otto") == ["b"]
    assert found(f"first={today}&last={today}") == ["b", "a"]
    assert found(f"first={today + timedelta(days=1)}") == []
    assert found("kind=contact") == []
    assert found("row=A") == ["a"]
    assert found("row=%25") == found("who=_tto") == found("row=a%5C") == []
    assert found("row=a%00") == found("who=%00") == []
    assert alice.get("/data/history/?kind=dragons").status_code == 404
    assert alice.get("/data/history/?first=soon").status_code == 400


def test_the_trail_comes_in_pages_with_as_many_statements_for_any_length(alice: Client) -> None:
    with inside("acme"):
        Account.objects.bulk_create(
            Account(external_id=f"a{n}", name=f"<script>{n}</script>") for n in range(120)
        )
    with CaptureQueriesContext(connection) as many:
        page = alice.get("/data/history/")
    with CaptureQueriesContext(connection) as few:
        alice.get("/data/history/?row=a1")
    assert len(many) == len(few)
    names = [one.name for one in page.context["changes"]]
    assert (len(names), names[0], names[-1]) == (50, "a119", "a70")
    older = alice.get(f"/data/history/?before={page.context['older']}").context["changes"]
    assert (older[0].name, older[-1].name) == ("a69", "a20")
    assert "<script>1" not in page.content.decode()
