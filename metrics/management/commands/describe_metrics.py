"""`manage.py describe_metrics`: the catalogue in words, as Markdown or JSON."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from metrics.catalogue.describing import as_markdown, described


class Command(BaseCommand):
    help = "Print what each metric means: formula, unit, direction, source, variants."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["md", "json"], default="md")

    def handle(self, *args: object, format: str, **options: object) -> None:
        if format == "json":
            self.stdout.write(json.dumps(list(described()), indent=1, ensure_ascii=False))
        else:
            self.stdout.write(as_markdown(), ending="")
