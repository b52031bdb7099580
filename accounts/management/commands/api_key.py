"""`manage.py api_key SLUG NAME`: a key for a program. The key, alone, is the last line."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from accounts.management.refusal import refusing
from accounts.models import ApiKey
from tenants.context import find, inside


class Command(BaseCommand):
    help = "Make an API key; it is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, default=ApiKey.Scope.READ)

    def handle(self, *args: object, slug: str, name: str, scope: str, **options: object) -> None:
        with refusing():
            tenant = find(slug=slug)
            ApiKey._meta.get_field("name").clean(name, None)
            with inside(tenant.schema_name):
                _kept, key = ApiKey.objects.create_key(name=name, scope=scope)
        self.stdout.write(f"A key of scope {scope} for {tenant.slug}:")
        self.stdout.write(key)
