"""A desk in Acme, rolled back afterwards."""

import pytest

from tenants.models import Tenant
from tests.accounts.files import Sending
from tests.support.desk import Desk


@pytest.fixture
def desk(acme: Tenant) -> Desk:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\n")
    return Desk(send)
