"""A made-up company's eighteen months, the same at every making: *sample* data, to look around in.

story.py    the accounts, and how happy each is, month by month
people.py   who works there
money.py    what they pay, change, renew and buy, and what it all costs
usage.py    what they do in the product
voices.py   what they say in surveys, in four languages
care.py     what is done for them, and what is measured of them
journey.py  how they came and got started
desk.py     what they ask support for, and when the product was down
goals.py    what the company has set itself
"""

import csv
import random
from datetime import date
from decimal import Decimal
from io import StringIO

from csplatform.demo.sample import (
    care,
    desk,
    goals,
    journey,
    money,
    people,
    usage,
    voices,
)
from csplatform.demo.sample.story import Rows, make_accounts

SEED = 20260101


def sample_rows(*, last_day: date, currency: str = "EUR", seed: int = SEED) -> dict[str, Rows]:
    """The rows of each kind, in the order in which they can be imported.

    `currency` is the reporting currency: what is usually in euros is in that.
    """
    chance = random.Random(seed)  # noqa: S311  (a story, no secret)
    accounts = make_accounts(chance, last_day)
    contacts = people.contacts(chance, accounts)
    story = {
        "accounts": [account.row() for account in accounts],
        "contacts": [contact.row() for contact in contacts],
        **money.rows(chance, accounts),
        "events": usage.events(chance, accounts, contacts),
        "responses": voices.responses(chance, accounts, contacts),
        **care.rows(chance, accounts, contacts),
        **journey.rows(chance, accounts),
        **desk.rows(chance, accounts, contacts),
        **goals.rows(last_day),
    }
    return {kind: _in_currency(kind, rows, currency) for kind, rows in story.items()}


def _in_currency(kind: str, rows: Rows, currency: str) -> Rows:
    """What is told in euros, told in another currency: amounts keep their figures."""
    if kind == "rates":
        return _rates_in(currency, rows)
    for row in rows:
        if row.get("currency") == "EUR":
            row["currency"] = currency
    return rows


def _rates_in(currency: str, rows: Rows) -> Rows:
    """Each month's rates against the reporting currency; of that itself there is one already."""
    worth = {row["day"]: Decimal(row["rate"]) for row in rows if row["currency"] == currency}
    return [
        row | {"rate": f"{Decimal(row['rate']) / worth.get(row['day'], Decimal(1)):.6f}"}
        for row in rows
        if row["currency"] != currency
    ]


def sample_file(rows: Rows) -> bytes:
    """The rows as a CSV file."""
    text = StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
