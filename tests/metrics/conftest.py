"""What sends files to Acme, where Ant and Bee are accounts; rolled back afterwards."""

import pytest

from tenants.models import Tenant
from tests.accounts.files import Sending, send_to_two_accounts


@pytest.fixture
def send(acme: Tenant) -> Sending:
    return send_to_two_accounts(acme)
