"""`manage.py open_tenant SLUG`: a new tenant with its first admin."""

import secrets
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.management.base import BaseCommand
from django.core.validators import validate_email
from django.db import transaction

from accounts.management.refusal import refusing
from accounts.models import CountingRules, Role, User
from tenants.context import inside
from tenants.opening import open_tenant

SELLS = [kind.value for kind in CountingRules.CustomersBy if kind != "auto"]


class Command(BaseCommand):
    help = "Open a tenant: a schema of its own, and an admin who can log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument("--password", help="made up and printed when not given")
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--sells", choices=SELLS, help="what makes a customer; else told from the data"
        )

    def handle(
        self,
        *args: object,
        slug: str,
        name: str,
        admin: str,
        password: str | None,
        timezone: str,
        currency: str,
        language: str,
        sells: str | None,
        **options: object,
    ) -> None:
        chosen = password or secrets.token_urlsafe(12)
        with refusing(), transaction.atomic():
            validate_email(admin)
            validate_password(chosen)
            tenant = open_tenant(
                slug=slug,
                name=name,
                timezone=timezone,
                currency=currency,
                language=language,
            )
            with inside(tenant.schema_name):
                if sells:
                    CountingRules.objects.update(customers_by=sells)
                User.objects.create_user(email=admin, password=chosen, role=Role.ADMIN)
        self.stdout.write(f"{tenant.slug}: open, with {admin} as its admin")
        if not password:
            self.stdout.write(f"password: {chosen}")
