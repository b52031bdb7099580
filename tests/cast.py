"""The people and companies that every test knows."""

from accounts.models import Role, User
from tenants.context import inside
from tenants.opening import open_tenant

PASSWORD = "correct horse battery staple"

ALICE = "alice@acme.test"  # admin at Acme
BOB = "bob@acme.test"  # manager at Acme
VERA = "vera@acme.test"  # viewer at Acme
GITA = "gita@globex.test"  # admin at Globex
OLGA = "olga@platform.test"  # operator of the platform


def assemble() -> None:
    """Open the two tenants of the cast, and let their people in."""
    open_tenant(slug="acme", name="Acme", currency="EUR", language="en")
    open_tenant(slug="globex", name="Globex", currency="EUR", language="en")
    people = {
        "acme": {ALICE: Role.ADMIN, BOB: Role.MANAGER, VERA: Role.VIEWER},
        "globex": {GITA: Role.ADMIN},
        "platform": {OLGA: Role.ADMIN},
    }
    for schema, roles in people.items():
        with inside(schema):
            for email, role in roles.items():
                User.objects.create_user(
                    email=email, password=PASSWORD, role=role, name=email.split("@")[0].title()
                )
