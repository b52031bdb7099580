"""No page keeps anybody out: axe over every screen of figures, language, width and colour."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account
from tenants.context import inside
from tests import databases
from tests.product import Product, own_broker
from tests.sample import LAST_DAY, load_sample
from tests.story.test_browser import ARGUMENTS, CHROMIUM, LANGUAGES, WIDTHS

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="LEFT OUT: no /usr/bin/chromium"),
    pytest.mark.matrix,
]
SLUG, EMAIL, PASSWORD = "sample", "looker@sample.test", "correct horse battery"
SCREENS = (
    "/",
    "/?status=red&sort=-mrr",
    "/?q=nobody-is-called-so",
    "/accounts/{account}/",
    "/revenue/",
    "/kpis/",
    "/kpis/nps/?period=year",
    "/kpis/mrr/?by=plan",
    "/kpis/feature_adoption/?by=feature",
    "/kpis/customer_churn_rate/?date=2020-01-31",
    "/kpis/?date=yesterday",
    "/kpis/clv/",
    "/goals/",
    "/cohorts/",
    "/lifetime/",
    "/data/",
    "/data/keys/",
    "/data/history/",
    "/data/rows/costs/",
    "/data/rows/subscriptions/new/",
)
# Colours are the same in every language: of each direction one has the dark ones too.
LOOKS = [*((language, "light") for language in LANGUAGES), ("en", "dark"), ("fa", "dark")]
GRAVE = ("serious", "critical")
# A message of each level with all that stands in messages, shown on every screen.
LEVELS = ("success", "info", "warning", "danger")
SHOW_MESSAGES = """levels => {
  for (const level of levels) {
    const shown = document.createElement("div");
    shown.className = `alert alert-${level}`;
    shown.setAttribute("role", "status");
    shown.innerHTML = `${level} <strong>12</strong> <a href="#content">${level} link</a>
      <span class="quiet">quiet</span><details><summary>more</summary>rows</details>`;
    document.getElementById("content").prepend(shown);
  }
}"""


@pytest.fixture(scope="module")
def product(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    name, folder = f"cstest_axe_{os.getpid()}", tmp_path_factory.mktemp("axe")
    with django_db_blocker.unblock(), databases.clone(name), own_broker() as broker:
        product = Product(database=name, folder=folder, broker_number=broker)
        opened = product.manage(
            *("open_tenant", SLUG, "--name", "Sample", "--admin", EMAIL, "--password", PASSWORD)
        )
        assert opened.returncode == 0, opened.stderr
        load_sample(SLUG, nights=[LAST_DAY - timedelta(weeks=back) for back in (5, 1, 0)])
        with product.web():
            yield product


@pytest.fixture(scope="module")
def account(product: Product, django_db_blocker: DjangoDbBlocker) -> int:
    with django_db_blocker.unblock(), inside(SLUG):
        return Account.objects.filter(subscriptions__isnull=False).order_by("pk")[0].pk


@pytest.fixture(scope="module")
def browser(account: int) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=Path(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def logged_in(
    browser: Browser, home: str, *, language: str, width: int, colours: str
) -> BrowserContext:
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if colours == "dark" else "light",
    )
    page = context.new_page()
    page.goto(home + "/")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(home + "/")
    return context


@pytest.mark.parametrize(("language", "colours"), LOOKS)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious(
    browser: Browser,
    product: Product,
    account: int,
    language: str,
    width: int,
    colours: str,
) -> None:
    home = f"http://{SLUG}.localhost:{product.port}"
    context = logged_in(browser, home, language=language, width=width, colours=colours)
    page = context.pages[0]
    found = []
    for screen in SCREENS:
        page.goto(home + screen.format(account=account))
        assert page.locator("html").get_attribute("data-bs-theme") == colours
        page.evaluate(SHOW_MESSAGES, list(LEVELS))
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            found.append(f"{screen}: {overflow} pixels too wide")
        for one in Axe().run(page).response["violations"]:
            if one["impact"] in GRAVE:
                where = [node["target"] for node in one["nodes"]][:3]
                found.append(f"{screen}: {one['id']} at {where}")
    context.close()
    assert found == []


def test_axe_sees_what_is_wrong(browser: Browser) -> None:
    """The check can fail: a field without a name is found."""
    page = browser.new_page()
    page.set_content("<html lang='en'><title>t</title><main><input></main></html>")
    found = {one["id"] for one in Axe().run(page).response["violations"]}
    page.close()
    assert "label" in found
