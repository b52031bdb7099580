"""Who works at the accounts."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from csplatform.demo.sample.story import SampleAccount

NAMES = {
    "en": ("Emma Clarke", "Oliver Stone", "Grace Hall", "Liam Turner", "Mia Becker", "Noah Wolf"),
    "pl": ("Anna Kowalska", "Piotr Nowak", "Zofia Wiśniewska", "Jan Lewandowski", "Ewa Zając"),
    "fa": ("مریم احمدی", "رضا کریمی", "سارا محمدی", "علی رضایی", "نگار صادقی"),
    "ar": ("ليلى حسن", "أحمد الخطيب", "نور العلي", "خالد منصور", "سلمى ناصر"),
}
ROLES = ("champion", "decision_maker", "user", "user", "user", "sponsor")


@dataclass
class SampleContact:
    number: int
    account: SampleAccount
    name: str
    role: str
    left_on: date | None = None

    @property
    def key(self) -> str:
        return f"sample-p-{self.number:04}"

    def is_there(self, day: date) -> bool:
        return self.account.is_there(day) and (self.left_on is None or day < self.left_on)

    def row(self) -> dict[str, str]:
        return {
            "external_id": self.key,
            "account_external_id": self.account.key,
            "email": f"person{self.number}@customer{self.account.number}.example",
            "name": self.name,
            "language": self.account.language,
            "role": self.role,
            "created_on": self.account.created_on.isoformat(),
            "left_on": self.left_on.isoformat() if self.left_on else "",
            "unsubscribed": str(self.number % 29 == 0).lower(),
        }


def contacts(chance: random.Random, accounts: list[SampleAccount]) -> list[SampleContact]:
    found: list[SampleContact] = []
    for account in accounts:
        many = {"Enterprise": 6, "Mid-market": 4, "Small": 2}[account.segment]
        for place in range(many):
            name = chance.choice(NAMES[account.language])
            contact = SampleContact(len(found) + 1, account, name, ROLES[place])
            found.append(contact)
        if account.left_on:
            # Where the champion goes, the customer often follows.
            found[-many].left_on = account.left_on - timedelta(days=80)
    for contact in found:
        if contact.left_on and contact.left_on < contact.account.created_on:
            contact.left_on = None
    return found
