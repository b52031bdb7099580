"""`manage.py migrate`: every schema, and only those that need it."""

from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands.makemigrations import Command as MakeMigrations
from django.db.migrations.autodetector import MigrationAutodetector

from tenants import migrating, opening
from tenants.pooling import refuse_transaction_pooling


class Command(BaseCommand):
    help = "Bring the public schema and every tenant's schema up to date."

    @property
    def autodetector(self) -> type[MigrationAutodetector]:
        """Django asks that both commands see the same changes; triggers add some of their own."""
        return MakeMigrations.autodetector

    def handle(self, *args: object, **options: object) -> None:
        refuse_transaction_pooling()
        outcome = migrating.migrate_all(tell=self.stdout.write)
        if not outcome.failed:
            opening.open_platform()
        self.stdout.write(
            f"{len(outcome.migrated)} schemas migrated, {len(outcome.current)} were current,"
            f" {len(outcome.failed)} failed"
        )
        if outcome.failed:
            raise CommandError("Not migrated: " + ", ".join(sorted(outcome.failed)))
