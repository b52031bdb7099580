"""A new tenant's first minutes: from an empty home over an import to figures, before any night."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests import databases
from tests.product import Product, own_broker, wait_for
from tests.story.conftest import PASSWORD, open_tenant
from tests.story.test_browser import ARGUMENTS, CHROMIUM

FILES = {
    "accounts": "external_id,name\nh-1,Tidy Co\n",
    "subscriptions": (
        "external_id,account_external_id,plan,amount,currency,interval,started_on\n"
        "s-1,h-1,Pro,50,EUR,month,2026-01-01\n"
    ),
}


@pytest.fixture
def fresh(django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Product]:
    """The product with an empty tenant, served; its worker does not run yet."""
    name = f"cstest_fresh_{os.getpid()}"
    with django_db_blocker.unblock(), databases.clone(name), own_broker() as broker:
        product = Product(database=name, folder=tmp_path, broker_number=broker)
        product.environment["SHORT_NIGHT_AFTER_SECONDS"] = "1"
        open_tenant(product, "fresh", "--name", "Fresh")
        with product.web():
            yield product


def send(product: Product, kind: str) -> None:
    file = product.folder / f"{kind}.csv"
    file.write_text(FILES[kind])
    done = product.manage("import_data", "fresh", kind, str(file))
    assert done.stdout.startswith("created 1,"), done.stderr


@pytest.mark.long
def test_home_has_figures_soon_after_an_import_and_before_any_night(fresh: Product) -> None:
    key = fresh.manage("api_key", "fresh", "story").stdout.strip().split("\n")[-1]

    def mrr() -> float | None:
        (account,) = fresh.get("/api/v1/scorecards/", slug="fresh", key=key)[1]["data"]
        found: float | None = account["mrr"]
        return found

    send(fresh, "accounts")
    assert mrr() is None
    send(fresh, "subscriptions")
    with fresh.worker():
        wait_for(lambda: mrr() == 50, seconds=240)


@pytest.mark.matrix
@pytest.mark.skipif(not CHROMIUM.exists(), reason="LEFT OUT: no /usr/bin/chromium")
def test_the_page_that_waits_shows_the_figures_by_itself(fresh: Product) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="en")
        page.goto(f"http://fresh.localhost:{fresh.port}/")
        page.fill("input[name=login]", "admin@fresh.test")
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="First steps")).to_be_visible()
        send(fresh, "accounts")
        send(fresh, "subscriptions")
        page.reload()
        expect(page.get_by_text("New: scored tonight")).to_be_visible()
        expect(page.get_by_text("being calculated")).to_be_visible()
        with fresh.worker():
            expect(page.get_by_text("being calculated")).to_have_count(0, timeout=240_000)
        expect(page.locator("tbody").get_by_text("€50.00")).to_be_visible()
        browser.close()
