"""`make bench`, which sets the product up before anything of it is imported."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csplatform.settings")
django.setup()

from tests.bench.report import main  # noqa: E402

main()
