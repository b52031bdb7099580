"""The exports of other tools, each by its preset."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.imports.presets import PRESETS
from accounts.imports.undoing import undo
from accounts.models import Account, Contact, OwnerName, Subscription, User
from support.models import Ticket
from surveys.models import Response
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db
EXPORTS = Path(__file__).parent / "exports"


def export(name: str) -> bytes:
    return (EXPORTS / name).read_bytes()


def of(tool: str) -> object:
    return PRESETS[tool].with_mapping(None)


def with_dollars(send: Sending) -> None:
    if send.tenant.currency != "USD":
        send("rates", "currency,day,rate\nUSD,2000-01-01,0.9\n")


def test_subscriptions_of_stripe_bring_their_customers_along(send: Sending) -> None:
    with_dollars(send)
    file = export("stripe_subscriptions.csv")
    assert send("subscriptions", file, mapping=of("stripe")) == (2, 0, 0, 0)
    assert send.entry.accounts_created == 2
    assert "Accounts created: Aa, Bb." in send.assumptions
    one, two = Subscription.objects.select_related("account").order_by("external_id")
    assert (one.account.external_id, one.account.name) == ("cus_Aa1", "Aa")
    assert (one.plan, one.quantity, one.amount, one.currency, one.interval) == (
        *("Pro", Decimal(3), Decimal(49), "USD", "month"),
    )
    assert (one.started_on, one.renews_on) == (date(2024, 1, 31), date(2024, 4, 30))
    assert (one.attributes, one.account.attributes) == ({"team": "red"}, {"team": "red"})
    assert (two.account.name, two.amount, two.interval) == ("Bb", Decimal(490), "year")
    assert (two.started_on, two.trial_ends_on) == (date(2023, 1, 31), date(2023, 2, 14))
    assert (two.cancelled_on, two.ended_on) == (date(2023, 12, 1), date(2024, 1, 31))
    assert two.renews_on is None
    assert send("subscriptions", file, mapping=of("stripe")) == (0, 0, 2, 0)


def test_accounts_that_came_along_go_with_the_undoing_of_the_file(send: Sending) -> None:
    with_dollars(send)
    send("subscriptions", export("stripe_subscriptions.csv"), mapping=of("stripe"))
    undo(entry=send.entry, tenant=send.tenant)
    assert (Account.objects.count(), Subscription.objects.count()) == (0, 0)


def test_an_account_of_which_no_row_is_good_does_not_come_along(send: Sending) -> None:
    with_dollars(send)
    file = export("stripe_subscriptions.csv").replace(b",Pro,3,usd,month", b",Pro,3,usd,never")
    assert send("subscriptions", file, mapping=of("stripe")) == (1, 0, 0, 1)
    assert list(Account.objects.values_list("name", flat=True)) == ["Bb"]


def test_companies_of_hubspot(send: Sending) -> None:
    file = export("hubspot-crm-exports-all-companies.csv")
    assert send("accounts", file, mapping=of("hubspot")) == (2, 0, 0, 0)
    assert "Owners of whom no user is known: Ann Lee." in send.assumptions
    one, two = Account.objects.order_by("external_id")
    assert (one.external_id, one.name, one.owner_name, one.owner_email) == (
        *("900001", "Hub One", "Ann Lee", ""),
    )
    assert (one.created_on, one.country, one.seats) == (date(2024, 1, 31), "PL", None)
    assert (one.domain, two.domain) == ("hub.example", "two.example")
    assert one.attributes["Number of Employees"] == "1,200"
    assert (two.external_id, two.owner_name, two.owner_email) == (
        *("900002", "bob@x.example", "bob@x.example"),
    )
    assert two.stage == "lead"


def test_an_owner_is_matched_to_a_user_by_exact_name(send: Sending) -> None:
    User.objects.create_user(email="ann@acme.test", name="Ann Lee")
    file = export("hubspot-crm-exports-all-companies.csv")
    send("accounts", file, mapping=of("hubspot"))
    assert Account.objects.get(external_id="900001").owner_email == "ann@acme.test"
    assert not any("no user" in one for one in send.assumptions)


def test_an_owner_may_have_been_mapped_by_an_admin(send: Sending) -> None:
    OwnerName.objects.create(name="Ann Lee", email="lee@acme.test")
    send("accounts", "external_id,name,owner_name\na,A,Ann Lee\n")
    assert Account.objects.get().owner_email == "lee@acme.test"


def test_an_unknown_owner_of_another_name_takes_the_place_of_the_former(send: Sending) -> None:
    User.objects.create_user(email="ann@acme.test", name="Ann Lee")
    send("accounts", "external_id,name,owner_name\na,A,Ann Lee\n")
    send("accounts", "external_id,owner_name\na,Zed\n")
    assert Account.objects.values_list("owner_name", "owner_email").get() == ("Zed", "")


def test_tickets_of_zendesk_find_their_account_by_its_name(send: Sending) -> None:
    file = export("zendesk_tickets.csv")
    send.tenant.timezone = "Europe/Warsaw"
    assert send("tickets", file, mapping=of("zendesk")) == (2, 0, 0, 0)
    assert send.entry.accounts_created == 1
    one, two = Ticket.objects.select_related("account").order_by("external_id")
    assert (one.account.external_id, one.account.name) == ("zendesk:Org One", "Org One")
    assert (one.status, one.priority, one.kind) == ("solved", "normal", "question")
    assert one.solved_at == datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
    assert (two.status, two.priority, two.kind) == ("on_hold", "", "")
    assert send("tickets", file, mapping=of("zendesk")) == (0, 0, 2, 0)


def test_a_ticket_of_zendesk_goes_to_the_account_of_that_name(send: Sending) -> None:
    send("accounts", "external_id,name\na,Org One\n")
    assert send("tickets", export("zendesk_tickets.csv"), mapping=of("zendesk")) == (2, 0, 0, 0)
    assert set(Ticket.objects.values_list("account__external_id", flat=True)) == {"a"}
    assert send.entry.accounts_created == 0


def test_two_accounts_of_the_same_name_reject_the_ticket(send: Sending) -> None:
    send("accounts", "external_id,name\na,Org One\nb,Org One\n")
    assert send("tickets", export("zendesk_tickets.csv"), mapping=of("zendesk")) == (0, 0, 0, 2)
    assert {code for _line, _column, code in send.faults} == {"two_accounts"}


def test_a_report_of_salesforce_ends_before_its_footer(send: Sending) -> None:
    assert send("accounts", export("sf_report.csv"), mapping=of("salesforce")) == (2, 0, 0, 0)
    one, two = Account.objects.order_by("name")
    assert (one.external_id, two.external_id) == ("0015g00000AbCdE", "0015g00000AbCde")
    assert (one.created_on, two.created_on) == (date(2023, 12, 31), date(2024, 1, 5))
    assert one.attributes["Annual Revenue"] == "USD 1,200,000.00"
    assert (one.region, one.owner_name) == ("MZ", "Ann Lee")
    (footer,) = [one for one in send.assumptions if "no data" in one]
    assert "line 4 (“Grand Total”)" in footer
    assert "Confidential Information" in footer


def test_subscriptions_of_chargebee(send: Sending) -> None:
    with_dollars(send)
    file = (
        "Subscription Id,Subscription Status,Plan Id,Plan Quantity,Plan Unit Price,Currency,"
        "Billing Period,Billing Period Unit,Started At,Trial End,Cancelled At,Next Billing At,"
        "Customer Id,Customer Email\n"
        "cb1,Active,pro,2,49.00,USD,3,Month,31-Jan-2024 14:05,,,30-Apr-2024 14:05,c1,a@x.example\n"
        "cb2,Cancelled,pro,1,9.00,USD,1,Year,2023-01-31 14:05,,2023-12-01 10:00,,c2,b@x.example\n"
    )
    assert send("subscriptions", file, mapping=of("chargebee")) == (2, 0, 0, 0)
    one, two = Subscription.objects.select_related("account").order_by("external_id")
    assert (one.account.external_id, one.account.name) == ("c1", "a@x.example")
    assert (one.quantity, one.amount, one.interval, one.interval_count) == (
        *(Decimal(2), Decimal(49), "month", 3),
    )
    assert (one.started_on, one.renews_on) == (date(2024, 1, 31), date(2024, 4, 30))
    assert (two.cancelled_on, two.ended_on) == (date(2023, 12, 1), date(2023, 12, 1))


def test_customers_of_chartmogul(send: Sending) -> None:
    file = (
        "Name,Email,Company,Country,State,City,Zip,External ID,Lead created at,"
        "Free trial started at\n"
        "Ann,ann@x.example,Aa Inc,PL,MZ,Warszawa,00-001,cm1,2024-01-31 14:05:00 UTC,\n"
    )
    assert send("accounts", file, mapping=of("chartmogul")) == (1, 0, 0, 0)
    one = Account.objects.get()
    assert (one.external_id, one.name, one.country, one.region) == ("cm1", "Aa Inc", "PL", "MZ")
    assert one.created_on == date(2024, 1, 31)
    assert one.attributes["Email"] == "ann@x.example"


def test_contacts_of_intercom_bring_their_companies_along(send: Sending) -> None:
    file = (
        "User ID,Email,Name,Company ID,Company name,Signed up (UTC),Last seen (UTC),"
        "Unsubscribed from Emails,Owner,Language Override\n"
        "u1,Ann@x.example,Ann,co1,Aa Inc,2024-01-31 14:05,2024-03-01 10:00,false,Bob,pl\n"
    )
    assert send("contacts", file, mapping=of("intercom")) == (1, 0, 0, 0)
    one = Contact.objects.select_related("account").get()
    assert (one.external_id, one.email, one.language) == ("u1", "ann@x.example", "pl")
    assert (one.account.external_id, one.account.name) == ("co1", "Aa Inc")
    assert (one.created_on, one.unsubscribed) == (date(2024, 1, 31), False)
    assert one.attributes == {"Last seen (UTC)": "2024-03-01 10:00", "Owner": "Bob"}


def test_responses_of_formbricks(send: Sending) -> None:
    send("accounts", "external_id,name\na,A\n")
    send("contacts", "external_id,account_external_id\nu1,a\n")
    file = (
        '"No.","Response ID","Timestamp","Finished","Survey ID","Formbricks ID (internal)",'
        '"User ID","Notes","Tags","1. How likely are you to recommend us?","2. Why?"\n'
        '"1","r1","2024-01-31T14:05:00.000Z","true","s1","f1","u1","","","9","Good"\n'
        '"2","r2","2024-01-31 15:05","false","s1","f2","nobody","","","",""\n'
    )
    assert send("responses", file, mapping=of("formbricks")) == (2, 0, 0, 0)
    one, two = Response.objects.select_related("account", "contact", "survey").order_by("pk")
    assert (one.survey.key, one.kind, one.score, one.comment) == ("s1", "nps", 9, "Good")
    assert (str(one.account), one.contact is not None) == ("A", True)
    assert (two.score, two.contact, two.account) == (None, None, None)


@pytest.mark.parametrize("tool", PRESETS)
def test_a_file_with_the_product_s_own_columns_is_no_export_of_a_tool(tool: str) -> None:
    assert not PRESETS[tool].fits(list(PRESETS[tool].of_kind.by_name))
