"""`make bench`, which sets the product up before anything of it is imported."""

import django

django.setup()

from tests.bench.report import main  # noqa: E402

main()
