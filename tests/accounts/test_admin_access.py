"""Whom the admin lets in: people and their passwords, keys, and that no secret is shown."""

import re

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from accounts.admin import UserAdmin
from accounts.admin_site import tenant_site
from accounts.models import ApiKey, User
from tenants.context import inside
from tenants.models import Tenant
from tests import cast
from tests.accounts.admin import delete, text_of
from tests.accounts.browsers import NEW_PASSWORD
from tests.conftest import client_of


def test_a_new_person_is_let_in_with_a_password(alice: Client) -> None:
    form = {"email": "Nina@Acme.test", "name": "Nina", "role": "viewer", "is_active": "on"}
    refused = alice.post("/admin/accounts/user/add/", form)
    assert "A new person needs a password." in refused.content.decode()
    weak = alice.post("/admin/accounts/user/add/", form | {"new_password": "password"})
    assert "This password is too short" in weak.content.decode()
    made = alice.post("/admin/accounts/user/add/", form | {"new_password": NEW_PASSWORD})
    assert made.status_code == 302
    nina = Client(headers={"host": "acme.localhost"}, REMOTE_ADDR="10.79.0.1")
    came_in = nina.post("/login/", {"login": "nina@acme.test", "password": NEW_PASSWORD})
    assert (came_in.status_code, nina.get("/").status_code) == (302, 200)


def test_a_person_is_there_once_in_whatever_case(alice: Client) -> None:
    form = {"email": cast.BOB.upper(), "role": "viewer", "new_password": NEW_PASSWORD}
    response = alice.post("/admin/accounts/user/add/", form)
    assert response.status_code == 200
    assert "User with this E-mail address already exists." in response.content.decode()


def test_changing_a_person_without_a_password_keeps_it(alice: Client) -> None:
    bob = person(cast.BOB)
    form = {"email": cast.BOB, "name": "Robert", "role": "manager", "is_active": "on"}
    assert alice.post(f"/admin/accounts/user/{bob.pk}/change/", form).status_code == 302
    assert (person(cast.BOB).password, person(cast.BOB).get_username()) == (bob.password, cast.BOB)


def test_no_page_shows_a_password_or_its_hash(alice: Client) -> None:
    bob = person(cast.BOB)
    page = text_of(alice, f"/admin/accounts/user/{bob.pk}/change/")
    assert bob.password not in page
    assert 'value="" ' not in re.findall(r"<input[^>]+new_password[^>]+>", page)[0]


def person(email: str) -> AbstractBaseUser:
    with inside("acme"):
        return User.objects.get(email=email)


def test_nobody_deletes_oneself(alice: Client) -> None:
    pk = person(cast.ALICE).pk
    assert alice.post(f"/admin/accounts/user/{pk}/delete/", {"post": "yes"}).status_code == 403
    alice.post("/admin/accounts/user/", delete(pk))
    assert person(cast.ALICE).pk == pk


def test_a_key_is_revoked_for_good_and_its_secret_is_nowhere(alice: Client) -> None:
    with inside("acme"):
        stored, key = ApiKey.objects.create_key(name="robot", scope="read")
    program = Client(headers={"host": "acme.localhost", "authorization": f"Bearer {key}"})
    assert program.get("/api/v1/me/").status_code == 200
    path = f"/admin/accounts/apikey/{stored.prefix}/change/"
    page = text_of(alice, path)
    assert key.split(".")[1] not in page
    assert alice.post(path, {"revoked": "on"}).status_code == 302
    assert program.get("/api/v1/me/").status_code == 401
    assert alice.post(path, {}).status_code == 200  # a form with an error, not a change
    assert program.get("/api/v1/me/").status_code == 401


def test_the_hash_of_a_key_stands_on_no_page_and_in_no_address(alice: Client) -> None:
    with inside("acme"):
        stored, _key = ApiKey.objects.create_key(name="robot", scope="read")
    pages = f"/admin/accounts/apikey/{stored.prefix}/"
    assert alice.post(f"{pages}change/", {"expiry_date_0": "2099-01-01", "expiry_date_1": "0:00"})
    listed = text_of(alice, "/admin/accounts/apikey/")
    assert f"{pages}change/" in listed
    changed = text_of(alice, f"{pages}history/")
    assert "Changed" in changed
    hashed = stored.hashed_key[-20:]
    shown = [listed, changed, text_of(alice, f"{pages}change/"), text_of(alice, "/admin/")]
    assert [page for page in shown if hashed in page] == []
    assert f"{pages}change/" in shown[-1]
    assert alice.post(f"{pages}delete/", {"post": "yes"}).status_code == 403


SECRETS = [
    ("accounts/user", "password__startswith", "argon2"),
    ("accounts/user", "password__regex", "."),
    ("accounts/apikey", "hashed_key__startswith", "a"),
    ("accounts/apikey", "id__contains", "."),
    ("accounts/apikey", "pk__startswith", "a"),
    ("accounts/job", "owner__password__startswith", "argon2"),
    ("accounts/import", "owner__password__startswith", "argon2"),
]


@pytest.mark.parametrize(("model", "lookup", "value"), SECRETS)
def test_a_list_is_narrowed_by_no_secret(
    alice: Client, model: str, lookup: str, value: str
) -> None:
    assert alice.get(f"/admin/{model}/", {lookup: value}).status_code == 400


def test_operators_narrow_their_list_by_no_secret(db: None) -> None:
    operator = client_of(cast.OLGA, slug="platform")
    refused = operator.get("/admin/accounts/user/", {"password__startswith": "argon2"})
    assert refused.status_code == 400
    assert operator.get("/admin/accounts/user/", {"role__exact": "admin"}).status_code == 200


LAST_ADMIN = "This is the last admin. Make somebody else one first."


@pytest.mark.parametrize("change", [{"role": "manager"}, {"is_active": ""}])
def test_the_last_admin_stays_one(alice: Client, change: dict[str, str]) -> None:
    path = f"/admin/accounts/user/{person(cast.ALICE).pk}/change/"
    form = {"email": cast.ALICE, "name": "Alice", "role": "admin", "is_active": "on"} | change
    assert LAST_ADMIN in alice.post(path, form).content.decode()
    with inside("acme"):
        User.objects.filter(email=cast.BOB).update(role="admin", is_active=False)
    assert LAST_ADMIN in alice.post(path, form).content.decode()
    with inside("acme"):
        User.objects.filter(email=cast.BOB).update(is_active=True)
    assert alice.post(path, form).status_code == 302


def test_the_last_admin_is_not_deleted_by_one_who_no_longer_is(acme: Tenant) -> None:
    admin = UserAdmin(User, tenant_site)
    request = RequestFactory().post("/")
    with pytest.raises(PermissionDenied):
        admin.delete_model(request, User.objects.get(email=cast.ALICE))
    admin.delete_model(request, User.objects.get(email=cast.BOB))
    assert list(User.objects.filter(email__in=[cast.ALICE, cast.BOB])) == [
        User.objects.get(email=cast.ALICE)
    ]


def test_a_password_is_not_digits_alone(alice: Client) -> None:
    form = {"email": "n@acme.test", "role": "viewer", "new_password": "918273645546372819"}
    refused = alice.post("/admin/accounts/user/add/", form)
    assert "This password is entirely numeric." in refused.content.decode()
