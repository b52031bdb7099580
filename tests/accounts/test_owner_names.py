"""Owners whom files name, and the people whom an admin chooses for them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, OwnerName, User
from accounts.owner_names import choose
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db
PAGE = "/settings/owners/"


def owned(**owners: tuple[str, str]) -> None:
    """Accounts by their external ids, each with the name and the address of its owner."""
    Account.objects.bulk_create(
        Account(external_id=key, name=key, owner_name=name, owner_email=email)
        for key, (name, email) in owners.items()
    )


def owner_emails() -> list[str]:
    return list(Account.objects.order_by("external_id").values_list("owner_email", flat=True))


def test_an_admin_chooses_whom_a_name_means(alice: Client) -> None:
    with inside("acme"):
        owned(a=("Ann Lee", ""), b=("Ann Lee", ""), c=("Zed", ""), d=("Bob", "bob@acme.test"))
    page = alice.get(PAGE)
    assert [(one.name, one.accounts) for one in page.context["names"]] == [
        *(("Ann Lee", 2), ("Zed", 1))
    ]
    form = {"name": ["Ann Lee", "Zed"], "email": ["bob@acme.test", ""]}
    assert alice.post(PAGE, form)["Location"] == PAGE
    with inside("acme"):
        assert owner_emails() == ["bob@acme.test", "bob@acme.test", "", "bob@acme.test"]
        assert list(OwnerName.objects.values_list("name", "email")) == [
            ("Ann Lee", "bob@acme.test")
        ]
    assert '<option value="bob@acme.test" selected>' in alice.get(PAGE).content.decode()


def test_nobody_takes_the_choice_back(alice: Client) -> None:
    with inside("acme"):
        owned(a=("Ann Lee", ""))
    alice.post(PAGE, {"name": "Ann Lee", "email": "bob@acme.test"})
    alice.post(PAGE, {"name": "Ann Lee", "email": ""})
    with inside("acme"):
        assert (owner_emails(), OwnerName.objects.count()) == ([""], 0)


def test_only_names_and_people_of_the_page_can_be_chosen(alice: Client) -> None:
    with inside("acme"):
        owned(a=("Ann Lee", ""), b=("Bob", "bob@acme.test"))
    form = {"name": ["Ann Lee", "Bob", "Eve"], "email": ["eve@x.test", "", "bob@acme.test"]}
    assert alice.post(PAGE, form).status_code == 302
    with inside("acme"):
        assert (owner_emails(), OwnerName.objects.count()) == (["", "bob@acme.test"], 0)


def test_managers_may_not_choose(bob: Client) -> None:
    assert (bob.get(PAGE).status_code, bob.post(PAGE, {}).status_code) == (403, 403)


def test_a_chosen_name_is_known_to_the_next_import(acme: Tenant) -> None:
    send = Sending(acme)
    User.objects.create_user(email="lee@acme.test", name="A. Lee")
    send("accounts", "external_id,name,owner_name\na,A,Ann Lee\nb,B,Ann Lee\n")
    Account.objects.filter(external_id="b").update(owner_email="own@acme.test")
    choose(emails={"Ann Lee": "lee@acme.test"})
    send("accounts", "external_id,name,owner_name\nc,C,Ann Lee\n")
    assert owner_emails() == ["lee@acme.test", "own@acme.test", "lee@acme.test"]


def test_a_choice_for_many_accounts_takes_as_many_statements_as_for_one(acme: Tenant) -> None:
    owned(**{f"a{n}": (f"Owner {n % 5}", "") for n in range(50)})
    with CaptureQueriesContext(
        connection,
    ) as one:
        choose(emails={"Owner 0": "lee@acme.test"})
    with CaptureQueriesContext(connection) as many:
        choose(emails={f"Owner {n}": "ann@acme.test" for n in range(5)})
    assert len(one) == len(many)
    assert set(owner_emails()) == {"ann@acme.test"}
