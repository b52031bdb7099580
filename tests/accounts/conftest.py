"""What sends files to Acme, rolled back afterwards."""

import pytest

from tenants.models import Tenant
from tests.accounts.files import Sending


@pytest.fixture
def send(acme: Tenant) -> Sending:
    return Sending(acme)
