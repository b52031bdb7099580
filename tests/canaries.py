"""Two tenants, each with an account that nobody else may ever see."""

from accounts.models import Account
from tenants.context import inside

CANARIES = {"acme": "CANARY-ACME", "globex": "CANARY-GLOBEX"}


def plant() -> None:
    """One account in each, under the same primary key."""
    for schema, name in CANARIES.items():
        with inside(schema):
            Account.objects.create(pk=1, external_id="canary", name=name)
