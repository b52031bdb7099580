"""Amounts and counts as people write them: read where there is one reading, never guessed."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.imports.options import ImportOptions
from accounts.imports.refusals import Ambiguous
from accounts.models import Account, Purchase, Subscription
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db


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
