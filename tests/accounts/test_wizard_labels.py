"""The wizard calls columns as people call them, in their language."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from accounts.imports.kinds import KINDS
from accounts.models import Account
from tenants.context import inside
from tests.accounts.test_wizard import tried
from tests.media import keep_files_in


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Any) -> None:
    keep_files_in(tmp_path, settings)


@pytest.mark.django_db(databases=["default", "ledger"])
def test_the_page_of_an_import_calls_columns_as_people_call_them(bob: Client) -> None:
    with inside("acme"):
        Account.objects.create(external_id="a", name="Old name", attributes={"City": "Oslo"})
    header = "external_id,name,seats,is_test,attr.City"
    number = tried(bob, f"{header}\na,Ant,,,Bergen\nb,Bee,many,perhaps,\n")
    page = bob.get(f"/data/imports/{number}/", headers={"accept-language": "fa"})
    changed = [column for _row, column, _before, _after in page.context["changes"]]
    assert changed == ["نام", "ویژگی‌ها"]
    assert [one["column"] for one in page.context["rejects"]] == ["حساب آزمایشی; تعداد کاربر مجاز"]
    assert "حساب آزمایشی" in page.content.decode()


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_every_column_has_a_name_in_the_readers_script(language: str) -> None:
    with translation.override(language):
        labels = [str(kind.label_of(column)) for kind in KINDS.values() for column in kind.columns]
    assert len(labels) > 150
    assert [label for label in labels if label.isascii()] == []


@pytest.mark.django_db(databases=["default", "ledger"])
@pytest.mark.parametrize(
    ("language", "title"), [("en", "Trial of book.csv"), ("fa", "آزمایش book.csv")]
)
def test_a_job_is_called_in_the_language_of_whoever_reads_it(
    bob: Client, language: str, title: str
) -> None:
    tried(bob, "external_id,name\na,Ant\n")
    page = bob.get("/data/jobs/", headers={"accept-language": language})
    assert title in page.content.decode()
