"""One site for all faults of jobs; a tenant's first night is over before anything is hurt."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.csplatform.supervisors import own_folder
from tests.media import keep_files_in
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
    keep_files_in(Path(hurt.supervised.data) / "media", settings)
    settings.JOB_STOPPED_AFTER_SECONDS = 1
