"""What an address says to the admin is a beginning of a form, or passed over; never a fault."""

import pytest
from django.test import Client

from accounts.models import Account
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", ["x", "0", "2024-02-30", "2024-05-05", "9" * 5_000, "\ud83d"])
@pytest.mark.parametrize("name", ["at", "account", "kind", "author_email", "id", "none"])
def test_a_new_row_begins_with_what_its_columns_can_hold(
    acme: Tenant, alice: Client, name: str, value: str
) -> None:
    text = value.encode("utf-8", errors="replace").decode()
    assert alice.get("/admin/accounts/activity/add/", {name: text}).status_code == 200


def test_what_a_column_can_hold_stands_in_the_form(acme: Tenant, alice: Client) -> None:
    query = {"kind": "call", "text": "Hello", "account": "x", "at": "2024-05-05"}
    form = alice.get("/admin/accounts/activity/add/", query).context["adminform"].form
    assert form.initial == {"kind": "call", "text": "Hello"}


def test_a_row_is_found_by_its_id_where_no_other_column_is_named(
    acme: Tenant, alice: Client
) -> None:
    account = Account.objects.create(external_id="a", name="Ant")
    for deed in ("change", "delete"):
        path = f"/admin/accounts/account/{account.pk}/{deed}/"
        assert alice.get(path, {"_to_field": ""}).status_code == 200
        assert alice.get(path, {"_to_field": "name"}).status_code == 400
