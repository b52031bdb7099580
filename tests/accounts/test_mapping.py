"""What is proposed for the columns of somebody's own file."""

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.mapping import guess, remember

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]

MEANT = {
    "accounts": [
        ("Record ID", "external_id", ["900001"]),
        ("Internal ID", "external_id", ["1", "2"]),
        ("Customer ID", "external_id", ["gs-1"]),
        ("customerId", "external_id", ["7"]),
        ("Account Number", "external_id", ["A-7"]),
        ("شناسه", "external_id", ["7"]),
        ("Customer name", "name", ["One"]),
        ("Company", "name", ["One"]),
        ("Customer", "name", ["Acme Corp"]),
        ("Nazwa firmy", "name", ["Żółw Sp. z o.o."]),
        ("نام", "name", ["شرکت"]),
        ("Parent Company", "parent_external_id", ["p1"]),
        ("Company owner", "owner_email", ["ann@x.example"]),
        ("Company owner", "owner_name", ["Ann Lee"]),
        ("CSM", "owner_name", ["Ann Lee", "bob@x.example"]),
        ("CSM", "owner_email", ["Ann@x.example"]),
        ("مسئول", "owner_name", ["سارا"]),
        ("Customer Success Manager", "owner_name", ["Ann"]),
        ("Company size", "segment", ["SMB"]),
        ("Tier", "segment", ["Gold"]),
        ("بخش", "segment", ["بزرگ"]),
        ("Customer Segment", "segment", ["Gold"]),
        ("Segmnt", "segment", ["Gold"]),
        ("Vertical", "industry", ["Retail"]),
        ("Branża", "industry", ["Handel"]),
        ("Country code", "country", ["PL"]),
        ("Country/Region", "country", ["Poland"]),
        ("State/Region", "region", ["MZ"]),
        ("Domain name", "domain", ["x.example"]),
        ("Website URL", "domain", ["https://x.example/"]),
        ("Signed up", "created_on", ["2024-01-31"]),
        ("Create Date", "created_on", ["2024-01-31 14:05"]),
        ("createdAt", "created_on", ["31 Jan 2024"]),
        ("Customer since", "created_on", ["۱۴۰۳-۰۱-۳۱"]),
        ("Data utworzenia", "created_on", ["31.01.2024"]),
        ("Seats", "seats", ["1,200"]),
        ("Number of seats", "seats", ["12"]),
        ("Liczba użytkowników", "seats", ["12"]),
        ("Lifecycle Stage", "stage", ["lead"]),
        ("Account currency", "currency", ["usd"]),
        ("Test account", "is_test", ["yes", "no"]),
    ],
    "contacts": [
        ("Contact ID", "external_id", ["1"]),
        ("Person id", "external_id", ["1"]),
        ("Company ID", "account_external_id", ["1"]),
        ("Account", "account_external_id", ["a1"]),
        ("Email Address", "email", ["ann@x.example"]),
        ("E-mail", "email", ["ann@x.example"]),
        ("Full Name", "name", ["Ann Lee"]),
        ("Contact name", "name", ["Ann Lee"]),
        ("Job Title", "role", ["CFO"]),
        ("Preferred language", "language", ["pl"]),
        ("Opted out of email", "unsubscribed", ["false"]),
    ],
    "subscriptions": [
        ("Subscription ID", "external_id", ["s1"]),
        ("Customer", "account_external_id", ["c1"]),
        ("Plan name", "plan", ["Pro"]),
        ("Unit price", "amount", ["€49.00"]),
        ("Qty", "quantity", ["3"]),
        ("Billing cycle", "interval", ["Month"]),
        ("Subscription start date", "started_on", ["2024-01-31"]),
        ("Contract end date", "ended_on", ["2024-01-31"]),
        ("Cancellation date", "cancelled_on", ["2024-01-31"]),
        ("Trial end date", "trial_ends_on", ["2024-01-31"]),
        ("Next billing date", "renews_on", ["2024-01-31"]),
        ("Discount %", "discount_percent", ["10"]),
        ("Kwota", "amount", ["1 234,50 zł"]),
    ],
    "tickets": [
        ("Ticket ID", "external_id", ["1001"]),
        ("Case Number", "external_id", ["1001"]),
        ("Organization", "account_external_id", ["org-1"]),
        ("Requester", "contact_external_id", ["p1"]),
        ("Ticket subject", "subject", ["It is broken"]),
        ("Status", "status", ["Solved"]),
        ("Severity", "priority", ["High"]),
        ("Date/Time Opened", "opened_at", ["1/31/2024 2:05 PM"]),
        ("Resolved at", "solved_at", ["2024-01-31T14:05:00Z"]),
        ("Assigned to", "assignee_email", ["ann@x.example"]),
        ("Group", "team", ["First line"]),
    ],
    "responses": [
        ("Response ID", "external_id", ["1"]),
        ("Survey type", "kind", ["NPS"]),
        ("NPS score", "score", ["9"]),
        ("Feedback", "comment", ["Good"]),
        ("Submitted at", "answered_at", ["2024-01-31 14:05"]),
        ("Respondent", "contact_external_id", ["p1"]),
    ],
}
NOT_MEANT = {
    "accounts": [
        ("Interval", ["1", "12"]),
        ("Tests", ["1", "0"]),
        ("Internals", ["1", "0"]),
        ("Created By", ["Ann Lee"]),
        ("Created By", []),
        ("Region ID", ["3"]),
        ("User", ["3"]),
        ("Manager ID", ["17"]),
        ("Created", ["Ann Lee"]),
        ("Test", ["1", "12"]),
        ("Seats", ["window", "aisle"]),
        ("CSM", ["17"]),
        ("Stanowisko", ["Prezes"]),
        ("Contract", ["C-1"]),
        ("Customer phone", ["123"]),
        ("Number of employees", ["250"]),
        ("Last modified date", ["2024-01-31"]),
        ("Name pronunciation", ["x"]),
        ("Segment ID", ["9"]),
        ("Country", ["48"]),
        ("Currency", ["euro"]),
    ],
    "contacts": [
        ("First name", ["Ann"]),
        ("Company name", ["One"]),
        ("Account", ["Acme Corp"]),
        ("Contract", ["C-1"]),
        ("Email", ["n/a", "call me"]),
        ("Unsubscribed", ["1", "12"]),
        ("Roles ID", ["3"]),
    ],
    "subscriptions": [
        ("Discount", ["10"]),
        ("Discounts", ["10"]),
        ("Discount percnt", ["10"]),
        ("Internal", ["1"]),
        ("Interval", ["1", "12"]),
        ("Start date", ["soon"]),
        ("Price list", ["A"]),
    ],
    "tickets": [("Assignee", ["Ann Lee"]), ("Priority", ["1"]), ("Closed by", ["Ann"])],
    "responses": [("Score", ["good"]), ("Answered at", ["yes"])],
}


@pytest.mark.parametrize(
    ("kind", "header", "column", "values"),
    [(kind, *one) for kind, several in MEANT.items() for one in several],
)
def test_a_common_header_is_recognised(
    kind: str, header: str, column: str, values: list[str]
) -> None:
    assert guess(kind=KINDS[kind], header=[header], samples=[values]) == {header: column}


@pytest.mark.parametrize(
    ("kind", "header", "values"),
    [(kind, *one) for kind, several in NOT_MEANT.items() for one in several],
)
def test_a_column_is_no_other_for_being_called_nearly_so(
    kind: str, header: str, values: list[str]
) -> None:
    column = guess(kind=KINDS[kind], header=[header], samples=[values])[header]
    assert column in ("", f"attr.{header}")


def test_of_two_headers_with_one_meaning_the_nearer_has_it() -> None:
    header = ["Customer", "Name", "Customer ID", "Internal ID"]
    assert guess(kind=KINDS["accounts"], header=header) == {
        "Customer": "attr.Customer",
        "Name": "name",
        "Customer ID": "external_id",
        "Internal ID": "attr.Internal ID",
    }
    assert guess(kind=KINDS["accounts"], header=["Customer", "Name"])["Customer"] == "external_id"


def test_what_a_column_has_meant_does_not_depend_on_letter_case() -> None:
    accounts = KINDS["accounts"]
    remember(kind=accounts, mapping={"Firma ABC": "name", "firma abc": "segment"})
    remember(kind=accounts, mapping={"FIRMA ABC": "name"})
    assert guess(kind=accounts, header=["firma Abc"]) == {"firma Abc": "name"}


def test_a_column_with_its_own_name_goes_before_one_that_has_meant_it() -> None:
    accounts = KINDS["accounts"]
    remember(kind=accounts, mapping={"Firma": "name"})
    found = guess(kind=accounts, header=["Firma", "name"])
    assert found == {"Firma": "attr.Firma", "name": "name"}
