"""The accounts, and how happy each of them is: all the rest follows from that."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

Rows = list[dict[str, str]]
MONTHS = 18
ACCOUNTS = 60
OWNERS = ("manager@acme.demo", "anna@acme.demo", "reza@acme.demo", "layla@acme.demo")
INDUSTRIES = ("Retail", "Logistics", "Software", "Health", "Education", "Finance")
# Country, language and what companies there are called.
PLACES = {
    "PL": (
        "pl",
        ("Żabka Nowa", "Łódź Logistyka", "Wisła Soft", "Piekarnia Świt", "Góral"),
    ),
    "DE": ("en", ("Blaumann GmbH", "Nordlicht AG", "Steinbach & Co", "Hafenwerk")),
    "GB": ("en", ("Harrow & Finch", "Millbrook Ltd", "Copper Lane", "Oakridge Schools")),
    "US": ("en", ("Cedar Falls Inc", "Brightwater", "Lone Pine Health", "Summit Freight")),
    "IR": ("fa", ("کتاب‌سرای آفتاب", "باربری البرز", "نرم‌افزار سپهر", "داروخانهٔ مهر", "پویا تجارت")),
    "AE": ("ar", ("النور للتجارة", "مدارس الواحة", "شركة المرفأ للشحن")),
    "SA": ("ar", ("صيدليات الشفاء", "الرياض للبرمجيات", "بيت الأثاث")),
}
SEATS = {"Enterprise": (80, 400), "Mid-market": (20, 80), "Small": (3, 20)}


@dataclass
class SampleAccount:
    """One account of the story. `happiness` is from 0 to 1 for each month, the oldest first."""

    number: int
    name: str
    country: str
    language: str
    segment: str
    industry: str
    owner: str
    seats: int
    created_on: date
    last_day: date
    happiness: list[float]
    left_on: date | None = None
    back_on: date | None = None
    parent: str = ""
    is_test: bool = False
    plan: str = field(default="")

    @property
    def key(self) -> str:
        return f"sample-acct-{self.number:03}"

    def months(self) -> list[tuple[date, float]]:
        """The first days of the months in which it is a customer, each with its happiness."""
        firsts = month_starts(self.last_day)
        return [
            (first, mood)
            for first, mood in zip(firsts, self.happiness, strict=True)
            if first >= self.created_on.replace(day=1) and self.is_there(first)
        ]

    def is_there(self, day: date) -> bool:
        if self.left_on is None or day < self.left_on:
            return True
        return self.back_on is not None and day >= self.back_on

    def mood(self, day: date) -> float:
        firsts = month_starts(self.last_day)
        place = sum(first <= day for first in firsts) - 1
        return self.happiness[max(place, 0)]

    def row(self) -> dict[str, str]:
        gone = self.left_on is not None and not self.is_there(self.last_day)
        return {
            "external_id": self.key,
            "name": self.name,
            "parent_external_id": self.parent,
            "stage": "churned" if gone else "adopting",
            "segment": self.segment,
            "industry": self.industry,
            "country": self.country,
            "owner_email": self.owner,
            "seats": str(self.seats),
            "created_on": self.created_on.isoformat(),
            "currency": "EUR",
            "language": self.language,
            "is_test": str(self.is_test).lower(),
            "attr.source": ("referral", "fair", "website")[self.number % 3],
        }


def month_starts(last_day: date) -> list[date]:
    """The first days of the months of the story, up to that of `last_day`."""
    months = last_day.year * 12 + last_day.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(months - MONTHS + 1, months + 1)]


def make_accounts(chance: random.Random, last_day: date) -> list[SampleAccount]:
    accounts = [_account(chance, number, last_day) for number in range(1, ACCOUNTS + 1)]
    accounts[4].parent = accounts[1].key
    accounts[9].parent = accounts[1].key
    accounts[-1].is_test = True
    return accounts


def _account(chance: random.Random, number: int, last_day: date) -> SampleAccount:
    country = chance.choice(list(PLACES))
    language, names = PLACES[country]
    segment = chance.choices(list(SEATS), weights=(2, 4, 6))[0]
    firsts = month_starts(last_day)
    # A third are there from the beginning, the others come one after the other.
    joined = firsts[0] if number % 3 == 0 else chance.choice(firsts[:-2])
    account = SampleAccount(
        number=number,
        name=f"{names[number % len(names)]} {number}",
        country=country,
        language=language,
        segment=segment,
        industry=chance.choice(INDUSTRIES),
        owner=OWNERS[number % len(OWNERS)],
        seats=chance.randint(*SEATS[segment]),
        created_on=joined + timedelta(days=chance.randrange(20)),
        last_day=last_day,
        happiness=_moods(chance),
    )
    if number % 7 == 3:
        _leave(chance, account, firsts)
    return account


def _moods(chance: random.Random) -> list[float]:
    """A mood that wanders slowly."""
    mood, found = chance.uniform(0.5, 0.95), []
    for _month in range(MONTHS):
        mood = min(0.98, max(0.25, mood + chance.gauss(0, 0.06)))
        found.append(mood)
    return found


def _leave(chance: random.Random, account: SampleAccount, firsts: list[date]) -> None:
    """It goes down for three months, and then the account is gone; the first one comes back."""
    place = chance.randrange(9, MONTHS - 1)
    account.created_on = min(account.created_on, firsts[place - 6])
    account.left_on = firsts[place] + timedelta(days=chance.randrange(25))
    for back, mood in ((0, 0.1), (1, 0.15), (2, 0.25), (3, 0.4)):
        account.happiness[place - back] = mood
    if account.number == 3:
        account.back_on = min(account.left_on + timedelta(days=45), account.last_day)
