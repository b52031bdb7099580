"""Good rows go in, once; what is there and equal is left alone; what differs is changed."""

from datetime import date
from decimal import Decimal

import pghistory.models
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact, Purchase, Subscription
from support.models import Ticket, TicketEntry
from tests.accounts.files import Sending, text

pytestmark = pytest.mark.django_db

ACCOUNTS = "external_id,name,segment,seats\na,Ant,Small,3\nb,Bee,Large,50000\n"
SUBSCRIPTION = [
    *("external_id", "account_external_id", "plan", "amount", "interval", "started_on"),
]


def history(model: str) -> list[tuple[str, str]]:
    """What was kept of a model: the label and the row's external id, in order."""
    events = apps.get_model("accounts", f"{model}Event")._default_manager.order_by("pgh_id")
    return list(events.values_list("pgh_label", "external_id"))


def test_new_rows_are_created(send: Sending) -> None:
    assert send("accounts", ACCOUNTS) == (2, 0, 0, 0)
    assert list(Account.objects.values_list("external_id", "name", "segment", "seats")) == [
        ("a", "Ant", "Small", 3),
        ("b", "Bee", "Large", 50000),
    ]


def test_the_same_file_again_changes_nothing_and_leaves_no_history(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    before = history("Account")
    assert before == [("insert", "a"), ("insert", "b")]
    assert send("accounts", ACCOUNTS) == (0, 0, 2, 0)
    assert history("Account") == before


def test_only_what_differs_is_updated_and_kept_as_history(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    assert send("accounts", ACCOUNTS.replace("Bee", "Bumblebee")) == (0, 1, 1, 0)
    assert Account.objects.get(external_id="b").name == "Bumblebee"
    assert history("Account")[2:] == [("update", "b")]


def test_history_says_that_an_import_did_it_and_from_which_file(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    numbers = [send.entry.pk]
    send("accounts", ACCOUNTS.replace("Bee", "Bumblebee"))
    numbers.append(send.entry.pk)
    events = apps.get_model("accounts", "AccountEvent")._default_manager.all()
    contexts = pghistory.models.Context.objects.filter(pk__in=events.values("pgh_context"))
    result = {"source": "import", "kind": "accounts", "file": "book.csv"}
    assert sorted((one.metadata for one in contexts), key=lambda one: int(one["import"])) == [
        result | {"import": number} for number in numbers
    ]


def test_a_column_that_is_not_in_the_file_stays_as_it_is(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    assert send("accounts", "external_id,segment\na,Medium\n") == (0, 1, 0, 0)
    ant = Account.objects.get(external_id="a")
    assert (ant.name, ant.segment, ant.seats) == ("Ant", "Medium", 3)


def test_an_empty_cell_takes_the_value_away(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    assert send("accounts", "external_id,segment,seats\na,,\n") == (0, 1, 0, 0)
    ant = Account.objects.get(external_id="a")
    assert (ant.segment, ant.seats) == ("", None)


def test_columns_may_stand_in_any_order_with_semicolons_and_a_byte_order_mark(
    send: Sending,
) -> None:
    file = "\ufeffseats;name;external_id\r\n3;Ant;a\r\n;Bee, the;b\r\n"
    assert send("accounts", file) == (2, 0, 0, 0)
    assert list(Account.objects.values_list("external_id", "name", "seats")) == [
        ("a", "Ant", 3),
        ("b", "Bee, the", None),
    ]


@pytest.mark.parametrize(
    "name", ["شركة النور للتجارة", "شرکت کتاب‌خانهٔ ایران", "Żółw i Spółka", "株式会社"]
)
def test_names_of_any_script_come_through(send: Sending, name: str) -> None:
    file = text(["external_id", "name", "attr.مدينة"], [["a", name, name]])
    assert send("accounts", file) == (1, 0, 0, 0)
    account = Account.objects.get()
    assert (account.name, account.attributes) == (name, {"مدينة": name})


def test_a_cell_may_hold_several_lines_and_quotation_marks(send: Sending) -> None:
    file = 'external_id,name,attr.note\na,"Ant ""&"" Sons","one\ntwo, three"\nb,Bee 6",x\n'
    assert send("accounts", file) == (2, 0, 0, 0)
    assert Account.objects.get(external_id="a").name == 'Ant "&" Sons'
    assert Account.objects.get(external_id="a").attributes == {"note": "one\ntwo, three"}
    assert Account.objects.get(external_id="b").name == 'Bee 6"'


def test_free_attributes_are_merged_and_empty_ones_are_taken_away(send: Sending) -> None:
    send("accounts", "external_id,name,attr.city,attr.size,attr.colour\na,Ant,Oslo,9,red\n")
    file = "external_id,attr.size,attr.colour,attr.shape\na,10,,\n"
    assert send("accounts", file) == (0, 1, 0, 0)
    assert send("accounts", file) == (0, 0, 1, 0)
    assert Account.objects.get().attributes == {"city": "Oslo", "size": "10"}


@pytest.mark.parametrize(
    "sent",
    ["mailto:Ann@X.example", "MAILTO:ann@x.example?subject=Hi", "ann@x.example"],
)
def test_an_address_is_taken_without_what_a_link_puts_around_it(send: Sending, sent: str) -> None:
    send("accounts", ACCOUNTS)
    file = f"external_id,account_external_id,email\np,b,{sent}\n"
    assert send("contacts", file) == (1, 0, 0, 0)
    assert Contact.objects.get().email == "ann@x.example"
    send("accounts", f"external_id,name,owner_email\no,Owl,{sent}\n")
    assert Account.objects.get(external_id="o").owner_email == "ann@x.example"


def test_an_empty_cell_is_what_the_kind_says_of_one_and_a_missing_column_is_what_is_usual(
    send: Sending,
) -> None:
    send("accounts", ACCOUNTS)
    ticket = "external_id,account_external_id,subject,status,opened_at"
    send("tickets", f"{ticket},priority,kind\nt,b,Slow,open,2024-01-31 10:00,,\n")
    send("tickets", f"{ticket}\nu,b,Slow,open,2024-01-31 10:00\n")
    assert list(Ticket.objects.order_by("pk").values_list("priority", "kind")) == [
        ("", ""),
        ("normal", "question"),
    ]
    event = "external_id,ticket_external_id,at,kind,author"
    row = "t,2024-01-31 11:00,message,agent"
    send("ticket_events", f"{event},public\n1,{row},\n2,{row},no\n3,{row},yes\n")
    send("ticket_events", f"{event}\n4,{row}\n")
    assert list(TicketEntry.objects.order_by("external_id").values_list("public", flat=True)) == [
        *(True, False, True, True)
    ]
    money = "external_id,account_external_id,plan,amount,interval,started_on"
    sold = "b,Pro,9,month,2024-01-31"
    send("subscriptions", f"{money},quantity,interval_count,currency\ns,{sold},,,\n")
    assert Subscription.objects.values_list("quantity", "interval_count", "currency").get() == (
        *(Decimal(1), 1, send.tenant.currency),
    )
    bought = "external_id,account_external_id,occurred_on,amount,kind,currency"
    send("purchases", f"{bought}\np,b,2024-01-31,9,,\n")
    assert Purchase.objects.values_list("kind", "currency").get() == (
        *("one_off", send.tenant.currency),
    )


def test_a_parent_may_come_later_in_the_same_file_or_be_there_already(send: Sending) -> None:
    file = "external_id,name,parent_external_id\nb,Bee,a\na,Ant,\n"
    assert send("accounts", file) == (2, 0, 0, 0)
    assert send("accounts", file) == (0, 0, 2, 0)
    assert send("accounts", "external_id,name,parent_external_id\nc,Cat,b\n") == (1, 0, 0, 0)
    assert list(
        Account.objects.order_by("name").values_list("name", "parent__name")
    ) == [("Ant", None), ("Bee", "Ant"), ("Cat", "Bee")]  # fmt: skip


def test_contacts_belong_to_their_account(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    file = (
        "external_id,account_external_id,email,name,role,unsubscribed,attr.phone\n"
        "p,b,Ida@Bee.Example,Ida,champion,yes,123\n"
    )
    assert send("contacts", file) == (1, 0, 0, 0)
    ida = Contact.objects.select_related("account").get()
    assert (ida.account.name, ida.email, ida.role) == ("Bee", "ida@bee.example", "champion")
    assert (ida.unsubscribed, ida.attributes) == (True, {"phone": "123"})


def test_a_subscription_takes_the_tenants_currency_one_unit_and_one_interval(
    send: Sending,
) -> None:
    send("accounts", ACCOUNTS)
    row = ["s", "a", "Gold", "29.90", "half_year", "2024-02-29"]
    assert send("subscriptions", text(SUBSCRIPTION, [row])) == (1, 0, 0, 0)
    stored = Subscription.objects.get()
    assert (stored.currency, stored.amount, stored.quantity) == ("EUR", Decimal("29.9"), Decimal(1))
    assert (stored.interval, stored.interval_count) == ("half_year", 1)
    assert (stored.started_on, stored.ended_on) == (date(2024, 2, 29), None)
    assert send("subscriptions", text(SUBSCRIPTION, [row])) == (0, 0, 1, 0)


def test_an_amount_of_nothing_is_free_and_not_missing(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    row = ["s", "a", "Free", "0", "month", "2024-01-01"]
    assert send("subscriptions", text(SUBSCRIPTION, [row])) == (1, 0, 0, 0)
    assert Subscription.objects.get().amount == 0


def test_a_dry_run_gives_the_same_counts_and_changes_nothing(send: Sending) -> None:
    send("accounts", ACCOUNTS)
    before = list(Account.objects.values()), history("Account")
    file = "external_id,name\na,Anteater\nb,Bee\nc,Cat\nd,\n"
    assert send("accounts", file, dry_run=True) == (1, 1, 1, 1)
    assert send.faults == [(5, "name", "required")]
    assert (list(Account.objects.values()), history("Account")) == before
    assert send("accounts", file) == (1, 1, 1, 1)


@pytest.mark.parametrize("kind", ["accounts", "subscriptions"])
def test_the_number_of_statements_is_the_same_for_any_number_of_rows(
    send: Sending, kind: str
) -> None:
    send("accounts", ACCOUNTS)
    few, many = (statements_of(send, kind, rows) for rows in (70, 700))
    assert few == many


def statements_of(send: Sending, kind: str, rows: int) -> int:
    """Creates, leaves alone and rejects `rows` rows of each."""
    file = text(
        [*SUBSCRIPTION, "ended_on"] if kind == "subscriptions" else ["external_id", "name"],
        [
            [f"{rows}-{n}", "a" if n % 3 else "", "Gold", "1", "month", "2024-01-01", ""]
            if kind == "subscriptions"
            else [f"{rows}-{n}", f"Name {n}" if n % 3 else ""]
            for n in range(rows)
        ],
    )
    with CaptureQueriesContext(connection) as captured:
        send(kind, file)
        send(kind, file)
    return len(captured)
