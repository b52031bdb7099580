"""One site for all faults of jobs; a tenant's first night is over before anything is hurt."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.csplatform.supervisors import own_folder
from tests.proof.sites import IMPATIENT, Site, site


@pytest.fixture(scope="package")
def hurt(django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with own_folder() as folder, site(folder, IMPATIENT, django_db_blocker) as there:
        for slug in ("acme", "globex"):
            there.until_done(slug, seconds=240)
        yield there


@pytest.fixture(autouse=True)
def same_files(hurt: Site, settings: Settings) -> None:
    """The test and the workers keep files in one place; and the test is as impatient."""
    # The fixture tells the storage too, which remembers its folder once it was asked for it.
    settings.MEDIA_ROOT = Path(hurt.supervised.data) / "media"
    settings.NIGHT_STOPPED_AFTER_SECONDS = 1
