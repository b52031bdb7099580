"""Content types have other ids in other tenants, and Django caches them for the whole process."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connections

from accounts.models import Account, Contact, User
from tenants.context import inside
from tests import cast


def renumber(schema: str) -> None:
    """Delete the content types of accounts and write them anew, in another order."""
    with inside(schema):
        ContentType.objects.filter(app_label="accounts", model__in=["account", "contact"]).delete()
        for model in ("contact", "account"):
            ContentType.objects.create(app_label="accounts", model=model)


def stored(schema: str) -> int:
    """The id of an account's content type as the tenant's table has it, past every cache."""
    with inside(schema):
        found: int = ContentType.objects.filter(model="account").values_list("pk", flat=True)[0]
        return found


@pytest.mark.django_db
def test_content_types_of_two_tenants_do_not_mix() -> None:
    renumber("globex")
    assert stored("acme") != stored("globex")
    for schema in ("acme", "globex", "acme"):
        own = stored(schema)
        with inside(schema):
            assert ContentType.objects.get_for_model(Account).pk == own
            assert ContentType.objects.get_for_id(own).model_class() is Account
            assert ContentType.objects.get_for_model(Contact).pk != own


@pytest.mark.django_db
@pytest.mark.parametrize(("schema", "email"), [("acme", cast.ALICE), ("globex", cast.GITA)])
def test_the_admins_log_names_the_tenants_own_content_type(schema: str, email: str) -> None:
    renumber("globex")
    for other in ("globex", "acme"):
        with inside(other):
            ContentType.objects.get_for_model(Account)
    with inside(schema):
        account = Account.objects.create(external_id="a1", name="First")
        who = User.objects.get(email=email)
        LogEntry.objects.log_actions(who.pk, [account], CHANGE, "changed", single_object=True)
        assert LogEntry.objects.get().content_type_id == stored(schema)


def test_a_thread_that_works_in_another_tenant_meanwhile_changes_nothing(
    own_database: str,
) -> None:
    """The web server's threads share the cache, each in a tenant of its own."""
    renumber("globex")
    together = Barrier(2, timeout=20)

    def read(schema: str, *, turn: int) -> list[int]:
        found = []
        try:
            with inside(schema):
                for step in range(6):
                    together.wait()
                    if step % 2 == turn:
                        found.append(ContentType.objects.get_for_model(Account).pk)
        finally:
            connections["default"].close()
        return found

    with ThreadPoolExecutor(2) as threads:
        acme = threads.submit(read, "acme", turn=0)
        globex = threads.submit(read, "globex", turn=1)
        assert set(acme.result()) == {stored("acme")}
        assert set(globex.result()) == {stored("globex")}
