"""Days, numbers and words as people write them: read where there is one reading, never guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.options import ImportOptions
from accounts.imports.reading import sheet_of
from accounts.imports.refusals import Ambiguous, ImportFileError
from accounts.models import Account, Contact, Cost, Purchase, Subscription
from tenants.models import Tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(acme: Tenant) -> Sending:
    return Sending(acme)


def days(send: Sending, *cells: str, **options: Any) -> list[date | None]:
    """What accounts with these cells were created on; None where the cell was refused."""
    rows = "".join(f'a{n},N,"{cell}"\n' for n, cell in enumerate(cells))
    send("accounts", "external_id,name,created_on\n" + rows, options=ImportOptions(**options))
    found = dict(Account.objects.values_list("external_id", "created_on"))
    return [found.get(f"a{n}") for n in range(len(cells))]


@pytest.mark.parametrize(
    "cell",
    [
        "2025-01-31",
        "2025-01-31 14:05",
        "2025-01-31T14:05:00",
        "2025-01-31 14:05:00.123456",
        "2025-01-31T10:05:00Z",
        "2025-01-31 10:05:00 UTC",
        "2025-01-31T14:05:00+01:00",
        "2025/01/31",
        "2025.01.31",
        "2025-1-31",
        "20250131",
        "31.01.2025",
        "31/1/2025",
        "31-01-2025 14:05",
        "1/31/2025",
        "01/31/2025 2:05 PM",
        "31-Jan-2025",
        "31 January 2025",
        "Jan 31, 2025",
        "31 stycznia 2025",
        "۲۰۲۵-۰۱-۳۱",
        "٢٠٢٥/٠١/٣١",
        "1403-11-12",
        "۱۴۰۳/۱۱/۱۲",
        "12/11/1403",
    ],
)
def test_a_day_that_leaves_one_reading_is_read(send: Sending, cell: str) -> None:
    last = "13/11/1403" if "/1403" in cell else cell
    assert days(send, cell, last)[0] == date(2025, 1, 31)


@pytest.mark.parametrize(
    "cell",
    [
        "2025-02-30",
        "31.02.2025",
        "31/13/2025",
        "1/31/25",
        "25:00",
        "1404-12-30",
        "2025-01-31 25:00",
    ],
)
def test_a_day_that_cannot_be_is_rejected_as_it_was_sent(send: Sending, cell: str) -> None:
    assert days(send, cell) == [None]
    assert [(one.code, one.value) for one in send.rejects] == [("date", cell)]


def test_a_time_in_a_column_of_days_is_the_day_in_the_tenants_zone(send: Sending) -> None:
    send.tenant.timezone = "Europe/Warsaw"
    assert days(send, "2024-01-31T23:30:00Z", "2024-01-31 23:30") == [
        date(2024, 2, 1),
        date(2024, 1, 31),
    ]


def test_the_header_may_say_that_times_are_in_utc(send: Sending) -> None:
    send.tenant.timezone = "Europe/Warsaw"
    file = "external_id,name,Created (UTC)\na,A,2024-01-31 23:30\n"
    send("accounts", file, mapping={"Created (UTC)": "created_on"})
    assert Account.objects.get().created_on == date(2024, 2, 1)
    assert send.assumptions == ["Times in UTC, by their headers: “Created (UTC)”."]


def test_one_day_above_twelve_decides_for_the_whole_file_and_is_said(send: Sending) -> None:
    assert days(send, "03/04/2025", "31/01/2025") == [date(2025, 4, 3), date(2025, 1, 31)]
    assert send.assumptions == ["Dates: day first, as in “31/01/2025”."]


def test_where_dots_are_written_the_day_stands_first(send: Sending) -> None:
    found = days(send, "03.04.2025", "3.5.2025 10:00", "2025-01-31")
    assert found == [date(2025, 4, 3), date(2025, 5, 3), date(2025, 1, 31)]
    assert send.assumptions == ["Dates: day first, as in “03.04.2025”."]
    assert days(send, "03.04.2025", date_format="mdy") == [date(2025, 3, 4)]


def test_dots_do_not_decide_for_dates_with_strokes(send: Sending) -> None:
    with pytest.raises(Ambiguous, match="month first: line 3 ") as refused:
        days(send, "03.04.2025", "05/06/2025")
    assert refused.value.option == "date_format"


@pytest.mark.parametrize("cell", ["03/04/2025", "3/4/2025", "03-04-2025", "03/04/2025 10:00"])
def test_day_or_month_is_never_guessed(send: Sending, cell: str) -> None:
    with pytest.raises(Ambiguous) as refused:
        days(send, cell)
    assert refused.value.option == "date_format"
    assert refused.value.choices == ("dmy", "mdy")
    assert f"line 2 (“{cell}”)" in str(refused.value)
    assert not Account.objects.exists()


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2025, 4, 3)), ("mdy", date(2025, 3, 4))])
def test_the_sender_decides(send: Sending, order: str, day: date) -> None:
    assert days(send, "03/04/2025", date_format=order) == [day]


def test_the_same_number_twice_is_no_question(send: Sending) -> None:
    assert days(send, "05/05/2025") == [date(2025, 5, 5)]


def test_days_and_months_that_are_mixed_refuse_the_file_with_their_lines(send: Sending) -> None:
    with pytest.raises(ImportFileError) as refused:
        days(send, "31/01/2025", "01/31/2025", "03/04/2025")
    assert "line 2 (“31/01/2025”)" in str(refused.value)
    assert "line 3 (“01/31/2025”)" in str(refused.value)
    assert not Account.objects.exists()


def test_once_the_order_is_said_the_others_are_rejected_one_by_one(send: Sending) -> None:
    result = days(send, "31/01/2025", "01/31/2025", date_format="dmy")
    assert result == [date(2025, 1, 31), None]


def test_a_moment_is_in_the_tenants_zone_unless_it_says_another(send: Sending) -> None:
    send("accounts", "external_id,name\na,A\n")
    send.tenant.timezone = "Europe/Warsaw"
    file = (
        "external_id,account_external_id,kind,at\nm1,a,Note,31/01/2025 14:05\n"
        "m2,a,CALL,1/31/2025 2:05 PM\n"
    )
    with pytest.raises(ImportFileError):
        send("activities", file)
    send("activities", file.replace("1/31/2025", "31.1.2025"))
    found = dict(KINDS["activities"].objects().values_list("kind", "at"))
    moment = datetime(2025, 1, 31, 13, 5, tzinfo=UTC)
    assert found == {"note": moment, "call": moment}


def amounts(send: Sending, *cells: str, delimiter: str = ",", **options: Any) -> list[str | None]:
    """What purchases with these amounts come to; None where one was refused."""
    send("accounts", "external_id,name\na,A\n")
    header = delimiter.join(["external_id", "account_external_id", "occurred_on", "amount"])
    rows = [delimiter.join([f"p{n}", "a", "2024-01-01", f'"{c}"']) for n, c in enumerate(cells)]
    send("purchases", "\n".join([header, *rows]) + "\n", options=ImportOptions(**options))
    found = dict(Purchase.objects.values_list("external_id", "amount"))
    return [f"{found[f'p{n}']:f}" if f"p{n}" in found else None for n in range(len(cells))]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234.50", "1234.5000"),
        ("1234,50", "1234.5000"),
        ("1 234,50", "1234.5000"),
        ("1\u00a0234,50", "1234.5000"),
        ("1\u202f234,50", "1234.5000"),
        ("1'234.50", "1234.5000"),
        ("1.234,50", "1234.5000"),
        ("1,234.50", "1234.5000"),
        ("1,234,567", "1234567.0000"),
        ("1.234.567", "1234567.0000"),
        ("99,9", "99.9000"),
        ("0,125", "0.1250"),
        ("€10.00", "10.0000"),
        ("10,00 €", "10.0000"),
        ("EUR 1,200,000.00", "1200000.0000"),
        ("10.00 eur", "10.0000"),
        ("۱۲۳", "123.0000"),
        ("۱٬۲۳۴٫۵۰", "1234.5000"),
        ("١٢٣٫٥", "123.5000"),
    ],
)
def test_an_amount_that_leaves_one_reading_is_read(send: Sending, cell: str, value: str) -> None:
    send.tenant.currency = "EUR"
    assert amounts(send, cell) == [value]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,2,3", "comma"),
        ("$10.00", "currency_sign"),
        ("USD 10", "currency_sign"),
        ("10.00 zł", "currency_sign"),
        ("10 apples", "amount"),
        ("1e3", "amount"),
        ("-5,00 €", "negative"),
        ("(5.00)", "amount"),
    ],
)
def test_an_amount_that_is_none_is_rejected_as_it_was_sent(
    send: Sending, cell: str, code: str
) -> None:
    send.tenant.currency = "EUR"
    assert amounts(send, cell) == [None]
    assert [(one.code, one.value) for one in send.rejects] == [(code, cell)]


def test_a_point_beside_decimal_commas_parts_thousands(send: Sending) -> None:
    assert amounts(send, "1 234,50", "1.234", delimiter=";") == ["1234.5000", "1234.0000"]
    assert send.assumptions[-1:] == ["Decimal comma: “1 234,50” is 1234.50."]


@pytest.mark.parametrize(("cell", "delimiter"), [("1,200", ","), ("1.200", ";")])
def test_decimals_or_thousands_are_never_guessed(send: Sending, cell: str, delimiter: str) -> None:
    with pytest.raises(Ambiguous) as refused:
        amounts(send, cell, delimiter=delimiter)
    assert (refused.value.option, refused.value.choices) == ("decimal", (".", ","))
    assert str(refused.value).endswith("Choose with --decimal: “.”, “,”.")
    assert cell in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1,200", ",", "1.2000"),
        ("1,200", ".", "1200.0000"),
        ("1.200", ",", "1200.0000"),
        ("1.200", ".", "1.2000"),
        ("12,50", ".", None),
    ],
)
def test_the_sender_decides_on_the_decimal_sign(
    send: Sending, cell: str, decimal: str, value: str | None
) -> None:
    assert amounts(send, cell, decimal=decimal) == [value]


def test_a_point_elsewhere_makes_the_comma_one_of_thousands(send: Sending) -> None:
    assert amounts(send, "1,200", "9.50") == ["1200.0000", "9.5000"]


@pytest.mark.parametrize(
    ("cell", "seats"), [("1,200", 1200), ("1.200", 1200), ("۱۲۰", 120), ("12.0", 12)]
)
def test_a_number_of_things_has_no_decimals(send: Sending, cell: str, seats: int) -> None:
    send("accounts", f'external_id,name,seats\na,A,"{cell}"\n')
    assert Account.objects.get().seats == seats


@pytest.mark.parametrize(("sign", "taken"), [("$5.00", True), ("€5.00", False)])
def test_a_sign_agrees_with_the_currency_that_is_there(
    send: Sending, sign: str, taken: bool
) -> None:
    send("accounts", "external_id,name\na,A\n")
    send("rates", "currency,day,rate\nUSD,2020-01-01,0.9\n")
    row = "external_id,account_external_id,plan,currency,amount,interval,started_on\n"
    send("subscriptions", row + "s,a,Pro,USD,9,month,2024-01-01\n")
    send("subscriptions", f"external_id,amount\ns,{sign}\n")
    assert Subscription.objects.get().amount == (Decimal(5) if taken else Decimal(9))


def test_fixed_words_are_known_in_any_letter_case(send: Sending) -> None:
    send("accounts", "external_id,name,stage,is_test\na,A,Churned,Nie\n")
    row = "external_id,account_external_id,plan,amount,interval,started_on\n"
    send("subscriptions", row + "s1,a,Pro,9,Month,2024-01-01\ns2,a,Pro,9,Half year,2024-01-01\n")
    assert Account.objects.get().stage == "churned"
    found = Subscription.objects.order_by("external_id").values_list("interval", flat=True)
    assert list(found) == ["month", "half_year"]


def test_a_mapping_may_have_a_table_of_values(send: Sending) -> None:
    send("accounts", "external_id,name\na,A\n")
    values = {"Hold": "on_hold", "-": ""}
    mapping = {"State": {"column": "status", "values": values}}
    header = "external_id,account_external_id,subject,State,opened_at\n"
    rows = "t1,a,Slow,HOLD,2024-01-01\nt2,a,Slow,-,2024-01-01\n"
    send("tickets", header + rows, mapping=mapping)
    assert list(KINDS["tickets"].objects().values_list("external_id", "status")) == [
        ("t1", "on_hold")
    ]
    assert send.faults == [(3, "status", "required")]


def test_columns_of_the_same_name_are_mapped_by_their_places(send: Sending) -> None:
    columns = [
        {"header": "external_id", "column": "external_id"},
        {"header": "name", "column": "name"},
        {"header": "segment", "column": "segment"},
        {"header": "segment", "column": ""},
    ]
    file = "external_id,name,segment,segment\na,A,SMB,ENT\n"
    send("accounts", file, mapping=columns)
    assert Account.objects.get().segment == "SMB"


def test_a_mapping_by_place_fits_no_other_file(send: Sending) -> None:
    columns = [{"header": "external_id", "column": "external_id"}]
    with pytest.raises(ImportFileError, match="other columns"):
        sheet_of(
            kind=KINDS["accounts"],
            source=BytesIO(b"external_id,name\na,A\n"),
            mapping=columns,
        )


def test_contacts_keep_roles_of_their_own(send: Sending) -> None:
    send("accounts", "external_id,name\na,A\n")
    rows = "c1,a,Decision maker\nc2,a,Head of Fun\n"
    send("contacts", "external_id,account_external_id,role\n" + rows)
    assert dict(Contact.objects.values_list("external_id", "role")) == {
        "c1": "decision_maker",
        "c2": "Head of Fun",
    }


INVISIBLE = [
    "\u200b",
    "\u200e",
    "\u200f",
    "\ufeff",
    "\u2060",
    "\u200d",
    "\u00a0",
    "\u3000",
    "\u2028",
]


@pytest.mark.parametrize("mark", INVISIBLE, ids=[f"{ord(mark):04x}" for mark in INVISIBLE])
def test_what_cannot_be_seen_makes_no_twins(send: Sending, mark: str) -> None:
    for key, name, segment in (
        ("zw-1", "One", "SMB"),
        (f"zw-1{mark}", f"{mark}One{mark}", f"SMB{mark} "),
        (f"{mark} zw-1", f"One{mark}{mark}", f"{mark}SMB"),
    ):
        send("accounts", f"external_id,name,segment,attr.x\n{key},{name},{segment},1{mark}\n")
    assert list(Account.objects.values_list("external_id", "name", "segment", "attributes")) == [
        ("zw-1", "One", "SMB", {"x": "1"})
    ]


def test_no_key_and_no_address_has_an_invisible_character_inside(send: Sending) -> None:
    send("accounts", "external_id,name,domain\nz\u200bw\u200c1,One,x\u200b.example\n")
    contact = "p\u20601,zw1\ufeff,ann\u200b@x.example\u200e"
    send("contacts", f"external_id,account_external_id,email\n{contact}\n")
    assert Account.objects.values_list("external_id", "domain").get() == ("zw1", "x.example")
    assert Contact.objects.values_list("external_id", "email").get() == ("p1", "ann@x.example")


def test_a_joiner_inside_a_word_stays(send: Sending) -> None:
    send("accounts", "external_id,name\na,می\u200cخواهم\u200c\n")
    assert Account.objects.get().name == "می\u200cخواهم"


def test_letters_are_composed(send: Sending) -> None:
    send("accounts", "external_id,name,segment\na,A,e\u0301lite\nb,B,\u00e9lite\n")
    assert set(Account.objects.values_list("segment", flat=True)) == {"\u00e9lite"}


def test_a_value_that_differs_in_ye_or_kaf_alone_is_the_one_that_is_there(send: Sending) -> None:
    persian, arabic = "کلیدی", "كليدي"
    send("accounts", f"external_id,name,segment\na,A,{persian}\n")
    send("accounts", f"external_id,name,segment,industry\nb,B,{arabic},{arabic}\nc,كي,,{persian}\n")
    assert send.assumptions == [
        "Values that differ in the form of ye or kaf alone are taken as one:"
        f" “{arabic}” as “{persian}”, “{persian}” as “{arabic}”."
    ]
    assert list(Account.objects.order_by("pk").values_list("name", "segment", "industry")) == [
        ("A", persian, ""),
        ("B", persian, arabic),
        ("كي", "", arabic),
    ]
    assert send("accounts", f"external_id,segment\nb,{arabic}\n") == (0, 0, 1, 0)


def test_costs_are_of_the_segment_that_accounts_have(send: Sending) -> None:
    send("accounts", "external_id,name,segment\na,A,کلیدی\n")
    send("costs", "occurred_on,category,amount,segment\n2025-01-01,sales,9,كليدي\n")
    assert Cost.objects.get().segment == "کلیدی"
