"""`manage.py open_demo`: the demo tenants, or with --logins where and as whom to look at them."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand

from csplatform.demo.opening import let_the_operator_in, open_demo_tenant
from csplatform.demo.tenants import OPERATOR, PASSWORD, TENANTS


class Command(BaseCommand):
    help = "Open the demo tenants with real data; what is there already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--logins", action="store_true", help="only print the logins")

    def handle(self, *args: object, logins: bool, **options: object) -> None:
        if not logins:
            for demo in TENANTS:
                open_demo_tenant(demo, tell=self.stdout.write)
            let_the_operator_in(schema=settings.PLATFORM_SCHEMA)
            return
        for address, email in _logins():
            self.stdout.write(f"  {address:<38} {email:<26} {PASSWORD}")


def _logins() -> Iterator[tuple[str, str]]:
    port = os.environ.get("PORT", "8000")
    for demo in TENANTS:
        address = f"http://{demo.slug}.{settings.BASE_DOMAIN}:{port}/"
        for email in demo.people():
            yield address, email
    yield f"http://{settings.PLATFORM_SCHEMA}.{settings.BASE_DOMAIN}:{port}/", OPERATOR
