"""What the commands for tenants, keys and operators print, and how they end."""

import pytest

from accounts.models import ApiKey, CountingRules, User
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.commands import refusal, run


@pytest.mark.django_db
def test_a_tenant_is_opened_with_an_admin_who_can_log_in() -> None:
    result = run(
        *("open_tenant", "north", "--name", "North", "--admin", "Nora@North.test"),
        *("--timezone", "Europe/Warsaw", "--currency", "pln", "--language", "pl"),
    )
    *_, last = result.splitlines()
    tenant = Tenant.objects.get(slug="north")
    assert (tenant.timezone, tenant.currency, tenant.language) == ("Europe/Warsaw", "PLN", "pl")
    with inside("north"):
        nora = User.objects.get()
        assert (nora.email, nora.role) == ("nora@north.test", "admin")
        assert nora.check_password(last.removeprefix("password: "))


@pytest.mark.django_db
def test_a_given_password_is_taken_and_not_printed() -> None:
    result = run(
        *("open_tenant", "north", "--name", "North", "--admin", "nora@north.test"),
        *("--password", "a lamp in the fog"),
    )
    assert result == "north: open, with nora@north.test as its admin\n"
    with inside("north"):
        assert User.objects.get().check_password("a lamp in the fog")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"--admin": "nora"}, "Enter a valid email address."),
        ({"--currency": "zloty"}, "currency: Ensure this value has at most 3 characters"),
        ({"--currency": "1€"}, "Constraint “tenant_currency” is violated."),
        ({"--language": "tlh"}, "“tlh” is not one of our languages."),
        ({"--timezone": "Mars/Base"}, "timezone: “Mars/Base” is not a known time zone."),
        ({"--name": ""}, "name: This field cannot be blank."),
        ({"--password": "short"}, "This password is too short."),
    ],
)
def test_a_tenant_that_cannot_be_is_refused_and_nothing_is_left(
    changed: dict[str, str], message: str
) -> None:
    words = {"--name": "North", "--admin": "nora@north.test"} | changed
    given = [part for pair in words.items() for part in pair]
    code, result = refusal("open_tenant", "north", *given)
    assert (code, result[: len(message)], result.count("\n")) == (2, message, 0)
    assert not Tenant.objects.filter(slug="north").exists()


@pytest.mark.django_db
def test_a_tenant_that_is_there_is_refused() -> None:
    words = ("open_tenant", "acme", "--name", "Again", "--admin", "a@b.test")
    assert refusal(*words) == (2, "There is a tenant “acme” already.")


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["read", "write", "events", "admin"])
def test_the_last_line_of_api_key_is_the_key_alone(scope: str) -> None:
    *_, key = run("api_key", "acme", "reports", "--scope", scope).splitlines()
    with inside("acme"):
        stored = ApiKey.objects.get_from_key(key)
        assert ApiKey.objects.get(name="reports", scope=scope).pk == stored.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody", "reports"), "There is no tenant “nobody”."),
        (("acme", ""), "This field cannot be blank."),
        (("acme", "x" * 51), "Ensure this value has at most 50 characters (it has 51)."),
    ],
)
def test_a_key_that_cannot_be_is_refused(words: tuple[str, ...], message: str) -> None:
    assert refusal("api_key", *words) == (2, message)


@pytest.mark.django_db
def test_an_operator_is_let_in_at_the_platform_and_only_once() -> None:
    *_, last = run("add_operator", "Otto@Platform.test").splitlines()
    with inside("platform"):
        otto = User.objects.get(email="otto@platform.test")
        assert (otto.role, otto.check_password(last.removeprefix("password: "))) == ("admin", True)
    message = "otto@platform.test is an operator already."
    assert refusal("add_operator", "otto@platform.test") == (2, message)
    assert refusal("add_operator", "otto") == (2, "Enter a valid email address.")


@pytest.mark.parametrize("sells", ["subscriptions", "purchases"])
def test_what_a_tenant_sells_is_known_from_its_opening(db: None, sells: str) -> None:
    named = ("--name", "North", "--admin", "nora@north.test", "--sells", sells)
    run("open_tenant", "north", *named)
    with inside("north"):
        assert CountingRules.objects.get().customers_by == sells
