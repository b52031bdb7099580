"""Pages are answered where static files were not collected, by hashed names where they were."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import loader
from django.test import Client

from csplatform import settings as product

ERRORS = ("400", "403", "404", "429", "500", "503")


@pytest.fixture(params=["empty", "missing"])
def uncollected(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The product's own storage, with nothing collected."""
    folder = tmp_path if request.param == "empty" else tmp_path / "missing"
    settings.STATIC_ROOT = folder
    settings.STORAGES = settings.STORAGES | {"staticfiles": product.STORAGES["staticfiles"]}
    return folder


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_page_needs_no_collected_file(uncollected: Path, error: str) -> None:
    page = loader.get_template(f"{error}.html").render()
    assert 'href="/static/favicon.svg"' in page
    assert "</h1>" in page


@pytest.mark.filterwarnings("ignore:No directory at")
@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_without_static_files(uncollected: Path) -> None:
    answer = Client(headers={"host": "acme.localhost"}).get("/login/nowhere/")
    assert answer.status_code == 404
    assert b"/static/app.css" in answer.content


@pytest.mark.parametrize("uncollected", ["empty"], indirect=True)
def test_what_is_collected_goes_by_a_name_that_changes_with_it(uncollected: Path) -> None:
    (uncollected / "new.svg").write_text("<svg/>")
    address = staticfiles_storage.url("new.svg")
    assert address != "/static/new.svg"
    (uncollected / "new.svg").write_text("<svg></svg>")
    assert staticfiles_storage.url("new.svg") not in ("/static/new.svg", address)


def test_files_are_collected_under_hashed_names(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "to", [tmp_path / "from"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": product.STORAGES["staticfiles"]}
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "favicon.svg").write_text("<svg/>")
    call_command("collectstatic", interactive=False, verbosity=0)
    hashed = staticfiles_storage.url("favicon.svg").removeprefix("/static/")
    assert hashed != "favicon.svg"
    assert (tmp_path / "to" / hashed).read_text() == "<svg/>"
