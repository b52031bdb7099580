"""Everybody before every address with every method: whom the doors refuse, and whom they let in.

No view runs here. That requests come by these doors is shown by those that `test_walk` sends; the
long proof sends all of them.
"""

from collections.abc import Iterator

import pytest

from accounts.models import User
from tenants.context import inside
from tests.isolation.addresses import Address, addresses
from tests.isolation.doors import Caller
from tests.isolation.walks import (
    METHODS,
    PEOPLE,
    PLATFORM,
    URLCONFS,
    asked_by,
    doors,
    is_of_no_object,
    refusal,
    tenant_addresses,
)
from tests.isolation.worlds import World


@pytest.fixture
def acme_callers(world: World) -> Iterator[dict[str, Caller]]:
    with inside("acme") as tenant:
        people = {
            name: Caller(tenant=tenant, urlconf=URLCONFS["acme"], user=User.objects.get(pk=pk))
            for name, pk in PEOPLE.items()
        }
        keys = {**world["acme"], "key unknown": "aaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}
        programs = {
            name: Caller(tenant=tenant, urlconf=URLCONFS["acme"], key=key)
            for name, key in keys.items()
        }
        nobody = Caller(tenant=tenant, urlconf=URLCONFS["acme"])
        yield {"anonymous": nobody, **people, **programs}


ACCEPTED: set[int | None] = {None}


def wrong(callers: dict[str, Caller], found: list[Address]) -> list[str]:
    """Where a door does not say what the table says."""
    complaints = []
    for name, caller in callers.items():
        for address in doors(name, found):
            for method in asked_by(name, address, METHODS):
                result, wanted = caller.refused(method, address), refusal(name, method, address)
                if is_of_no_object(method, address) and wanted == {405}:
                    continue  # the view's own answer
                if result not in (wanted or ACCEPTED):
                    complaints.append(f"{name}: {method} {address.path} -> {result}, not {wanted}")
    return complaints


def test_the_doors_of_a_tenant_say_what_the_table_says(acme_callers: dict[str, Caller]) -> None:
    found = tenant_addresses("acme")
    assert len(acme_callers) == 11
    assert len(found) > 200
    assert wrong(acme_callers, found) == []


def test_the_doors_of_the_platform_say_what_the_table_says(world: World) -> None:
    with inside("platform") as tenant:
        olga = Caller(tenant=tenant, urlconf=PLATFORM, user=User.objects.get(pk=1))
        nobody = Caller(tenant=tenant, urlconf=PLATFORM)
        found = addresses(PLATFORM)
        assert len(found) > 30
        assert wrong({"operator": olga, "anonymous": nobody}, found) == []
