"""Words and keys in cells: fixed words, mapped ones, and letters that are or look the same."""

from io import BytesIO

import pytest

from accounts.imports.kinds import KINDS
from accounts.imports.reading import sheet_of
from accounts.imports.refusals import ImportFileError
from accounts.models import Account, Contact, Cost, Subscription
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db


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
