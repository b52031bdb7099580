"""Seven thousand real customers, as the demo ships them."""

import gzip

import pytest
from django.apps import apps

from accounts.models import Account, Subscription
from csplatform.demo.tenants import DATA
from tenants.context import inside
from tenants.opening import open_tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db


def test_the_whole_book_goes_in_once() -> None:
    files = {
        kind: gzip.decompress((DATA / "telco" / f"{kind}.csv.gz").read_bytes())
        for kind in ("accounts", "subscriptions")
    }
    tenant = open_tenant(slug="phones", name="Phones", currency="USD")
    with inside(tenant.schema_name):
        send = Sending(tenant)
        assert [send(kind, file) for kind, file in files.items()] == [(7043, 0, 0, 0)] * 2
        assert [send(kind, file) for kind, file in files.items()] == [(0, 0, 7043, 0)] * 2
        assert (Account.objects.count(), Subscription.objects.count()) == (7043, 7043)
        assert [stored(model) for model in ("Account", "Subscription")] == [7043, 7043]


def stored(model: str) -> int:
    return int(apps.get_model("accounts", f"{model}Event")._default_manager.count())
