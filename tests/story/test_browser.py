"""The pages as people see them, in Chromium: from the login to the rows behind a number."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.product import Product
from tests.story.conftest import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 390, 320)
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
LANGUAGES = {"en": "ltr", "fa": "rtl", "ar": "rtl", "pl": "ltr"}

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="LEFT OUT: no /usr/bin/chromium"),
    pytest.mark.matrix,
]


@pytest.fixture(scope="module")
def browser(telco: Product) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """Somebody at a browser of some width, who speaks some language and sees every complaint."""

    def __init__(self, browser: Browser, product: Product, language: str, width: int) -> None:
        self.home = f"http://telco.localhost:{product.port}"
        self.folder = product.folder
        size = {"width": width, "height": 900}
        self.context = browser.new_context(locale=language, viewport=size)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.complaints.append(str(getattr(message, "text", "")))

    def log_in(self) -> None:
        """By keyboard alone: the field for the address has the focus already."""
        self.page.goto(self.home + "/")
        self.page.wait_for_function("document.activeElement.name === 'login'")
        self.page.keyboard.type("admin@telco.test")
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.home + "/")

    def go(self, path: str) -> str:
        """Open a page, see that nothing is wrong with it, and return its text."""
        self.page.goto(self.home + path)
        self._look(path)
        return self.page.inner_text("main")

    def fits(self, name: str) -> None:
        """The page that is open is right at every width."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self._look(name)
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def _look(self, name: str) -> None:
        """Nothing stands out at the side, and nothing was complained about."""
        overflow = self.page.evaluate(OVERFLOW)
        for _moment in range(20):  # charts follow the window in a moment
            if overflow > 0:
                self.page.wait_for_timeout(100)
                overflow = self.page.evaluate(OVERFLOW)
        assert overflow <= 0, f"{name} is {overflow} pixels too wide"
        assert self.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_both_directions_and_widths(
    browser: Browser, telco: Product, language: str
) -> None:
    visitor = Visitor(browser, telco, language, WIDTHS[0])
    visitor.log_in()
    for path in (
        *("/", "/accounts/2/", "/revenue/?date=2024-06-30", "/kpis/?date=2024-06-30"),
        *("/kpis/customer_churn_rate/?date=2024-06-30&variant=all", "/?q=nobody-is-called-so"),
        *("/data/keys/", "/data/history/", "/data/jobs/", "/data/rows/subscriptions/"),
    ):
        visitor.go(path)
        html = visitor.page.locator("html")
        assert html.get_attribute("lang") == language
        assert html.get_attribute("dir") == LANGUAGES[language]
        visitor.fits(path)
    visitor.context.close()


def test_from_the_book_to_a_scorecard_by_keyboard(browser: Browser, telco: Product) -> None:
    visitor = Visitor(browser, telco, "en", 1280)
    visitor.log_in()
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("5575-GNVDE")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**q=5575-GNVDE**")
    visitor.page.keyboard.press("j")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/accounts/*/")
    text = visitor.page.inner_text("main")
    assert "Customer 5575-GNVDE" in text
    assert "no colour" in text  # subscriptions alone say too little
    assert "$56.95" in text
    visitor.context.close()


def test_persian_pages_show_persian_digits_and_the_persian_calendar(
    browser: Browser, telco: Product
) -> None:
    visitor = Visitor(browser, telco, "fa", 1280)
    visitor.log_in()
    text = visitor.go("/kpis/?date=2024-06-30")
    assert "۱۰ تیر ۱۴۰۳" in text
    assert not re.search("[0-9]", text.replace("MRR", ""))
    visitor.context.close()


def test_sorting_and_filtering_change_the_list_and_not_the_page(
    browser: Browser, telco: Product
) -> None:
    visitor = Visitor(browser, telco, "en", 1280)
    visitor.log_in()
    visitor.page.evaluate("window.stays = true")
    visitor.page.click("thead >> text=MRR")
    visitor.page.wait_for_url("**sort=mrr**")
    visitor.page.select_option("#status", "green")
    visitor.page.wait_for_url("**status=green**sort=mrr**")
    visitor.page.wait_for_function("!document.querySelector('tbody .band-red')")
    assert visitor.page.evaluate("window.stays") is True
    assert visitor.complaints == []
    visitor.context.close()


def test_every_amount_of_the_revenue_page_opens_its_rows(browser: Browser, telco: Product) -> None:
    visitor = Visitor(browser, telco, "en", 1280)
    visitor.log_in()
    visitor.go("/revenue/?date=2024-06-30")
    visitor.page.click("tbody tr:first-child a:has-text('$139,130.85')")
    visitor.page.wait_for_url("**/kpis/churned_mrr/?**date=2024-06-30**")
    assert "of 1,869" in visitor.page.inner_text("#rows")
    visitor.context.close()


def test_every_number_leads_to_its_rows(browser: Browser, telco: Product) -> None:
    visitor = Visitor(browser, telco, "en", 1280)
    visitor.log_in()
    visitor.go("/")
    visitor.page.click("text=Customer churn rate")
    visitor.page.wait_for_url("**/kpis/customer_churn_rate/**")
    text = visitor.page.inner_text("main")
    assert "23.2%" in text
    assert "1 to 50 of 1,489" in text
    visitor.context.close()


def test_a_bad_date_is_answered_with_a_page_that_says_so(browser: Browser, telco: Product) -> None:
    visitor = Visitor(browser, telco, "en", 390)
    visitor.log_in()
    visitor.page.goto(visitor.home + "/kpis/?date=yesterday")
    assert "“yesterday” is not a date" in visitor.page.inner_text("main")
    visitor.context.close()


FILE = "Company ID,Firma,Seats,City\nnew-1,Ant,3,Oslo\nnew-2,Bee,many,Bergen\nnew-3,Cat,5,\n"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is meant has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_file_goes_in_and_out_again_by_keyboard_alone(
    browser: Browser, telco: Product, language: str
) -> None:
    visitor = Visitor(browser, telco, language, 1280)
    visitor.log_in()
    page, file = visitor.page, telco.folder / f"book-{language}.csv"
    file.write_text(FILE.replace("new-", f"new-{language}-"))
    visitor.go("/data/")
    visitor.fits("data")
    tab_to(page, "main a[href='/data/import/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_file")
    tab_to(page, "#id_file")
    page.set_input_files("#id_file", file)  # what follows is the system's own window
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#column-3")
    assert page.input_value("#column-0") == "external_id"
    visitor.fits("columns")
    page.focus("#column-1")
    page.select_option("#column-1", "name")
    tab_to(page, "main form button")
    with telco.worker():
        page.keyboard.press("Enter")
        page.wait_for_selector("form[action$='/run/']", timeout=240_000)
        figures = [
            text.strip("\u2066\u2069") for text in page.locator(".figure .value").all_inner_texts()
        ]
        assert figures == {"en": ["2", "0", "0", "1"], "fa": ["۲", "۰", "۰", "۱"]}[language]
        visitor.fits("trial")
        tab_to(page, "form[action$='/run/'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector("details > summary.btn", timeout=240_000)
        visitor.fits("imported")
        tab_to(page, "main details > summary.btn")
        page.keyboard.press("Enter")
        tab_to(page, "form[action$='/undo/'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector("main p[role=status]", timeout=240_000)
    visitor.fits("undone")
    assert visitor.complaints == []
    visitor.context.close()


def test_a_chosen_language_stays_with_the_person(browser: Browser, telco: Product) -> None:
    visitor = Visitor(browser, telco, "en", 1280)
    visitor.log_in()
    visitor.page.click("summary")
    visitor.page.click("button[lang=pl]")
    visitor.page.wait_for_selector("html[lang=pl]")
    visitor.page.click("summary")
    visitor.page.click("button[lang=en]")
    visitor.page.wait_for_selector("html[lang=en]")
    visitor.context.close()
