"""What an admin of Acme destroys stays whole at Globex, though the rows have the same ids."""

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, Contact, Subscription, User
from tenants.context import inside
from tests.isolation import worlds
from tests.isolation.tables import fingerprints
from tests.isolation.walks import Walker
from tests.isolation.worlds import ONLY_GLOBEX


@pytest.fixture
def alice(django_db_blocker: DjangoDbBlocker) -> Iterator[Client]:
    """Acme's admin in a world of her own: what she does here must not meet the walk."""
    with django_db_blocker.unblock(), worlds.world(f"cstest_harm_{os.getpid()}"):
        yield Walker("acme", "admin", user=1).client


def test_what_an_admin_of_acme_destroys_stays_whole_at_globex(alice: Client) -> None:
    before = fingerprints("globex")
    for name in ("contact", "subscription", "account"):
        for pk in (3, ONLY_GLOBEX):
            alice.post(f"/admin/accounts/{name}/{pk}/delete/", {"post": "yes"})
        chosen = {"action": "delete_selected", "post": "yes", "_selected_action": [2, ONLY_GLOBEX]}
        assert alice.post(f"/admin/accounts/{name}/", chosen).status_code == 302
    form = {"email": "renamed@acme.test", "role": "viewer", "name": "Renamed"}
    assert alice.post("/admin/accounts/user/3/change/", form).status_code == 302
    assert alice.post("/language/", {"language": "fa"}).status_code == 302
    with inside("acme"):
        for model in (Account, Contact, Subscription):
            assert list(model.objects.values_list("pk", flat=True)) == [1]
        assert User.objects.get(pk=3).email == "renamed@acme.test"
        assert User.objects.get(pk=1).language == "fa"
    assert fingerprints("globex") == before
