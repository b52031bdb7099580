"""What the accounts ask support for, how it is answered, and when the product was down."""

import random
from datetime import UTC, date, datetime, time, timedelta

from csplatform.demo.sample.people import SampleContact
from csplatform.demo.sample.story import Rows, SampleAccount, month_starts

SUBJECTS = {
    "en": ("Export stops half way", "How do I add a colleague?", "Report shows old figures"),
    "pl": ("Eksport zatrzymuje się w połowie", "Jak dodać osobę do zespołu?", "Stare dane"),
    "fa": ("خروجی نیمه‌کاره می‌ماند", "چگونه همکار اضافه کنم؟", "گزارش قدیمی است"),
    "ar": ("التصدير يتوقف في المنتصف", "كيف أضيف زميلا؟", "التقرير يعرض أرقاما قديمة"),
}
TEAMS = ("first line", "product")
CHANNELS = ("email", "chat", "phone")
KINDS = ("question", "question", "question", "incident", "problem", "defect")
PRIORITIES = ("low", "normal", "normal", "high", "urgent")


def rows(
    chance: random.Random, accounts: list[SampleAccount], contacts: list[SampleContact]
) -> dict[str, Rows]:
    tickets: Rows = []
    events: Rows = []
    for account in accounts:
        people = [contact for contact in contacts if contact.account is account]
        for first, mood in account.months():
            for _number in range(chance.randrange(3) if chance.random() > mood / 2 else 0):
                day = first + timedelta(days=chance.randrange(28))
                if account.created_on <= day <= account.last_day:
                    _Ticket(chance, account, people, day, mood, len(tickets) + 1).tell(
                        tickets, events
                    )
    return {
        "tickets": tickets,
        "ticket_events": events,
        "incidents": _incidents(chance, accounts[0].last_day),
    }


class _Ticket:
    """One ticket, from its opening to its end or to the last day of the story."""

    def __init__(
        self,
        chance: random.Random,
        account: SampleAccount,
        people: list[SampleContact],
        day: date,
        mood: float,
        number: int,
    ) -> None:
        self.chance, self.account, self.mood = chance, account, mood
        self.key = f"sample-t-{number:05}"
        there = [contact.key for contact in people if contact.is_there(day)]
        self.contact = chance.choice(there) if there else ""
        self.opened = datetime.combine(day, time(chance.randrange(7, 17), 5), UTC)
        self.end = datetime.combine(account.last_day + timedelta(days=1), time(), UTC)
        self.team, self.solved, self.status = TEAMS[0], "", "open"
        self.events: Rows = []

    def tell(self, tickets: Rows, events: Rows) -> None:
        at = self.opened
        for reply in range(self.chance.choice((1, 1, 2, 3))):
            at += timedelta(minutes=self.chance.randrange(15, round(900 - 600 * self.mood)))
            if reply == 2:
                self.team = TEAMS[1]
            self._say(at, kind="message", author="agent")
        at += timedelta(minutes=self.chance.randrange(5, 600))
        if self.chance.random() < 0.92:
            self._turn(at, "solved", "agent")
            if self.chance.random() < 0.12 - self.mood / 12:
                self._turn(at + timedelta(days=2), "open", "customer")
                self._turn(at + timedelta(days=3), "solved", "agent")
        tickets.append(self._row())
        events.extend(self.events)

    def _turn(self, at: datetime, status: str, author: str) -> None:
        if self._say(at, kind="status", author=author, status=status):
            self.status = status
            self.solved = _text(at) if status == "solved" else ""

    def _say(self, at: datetime, *, kind: str, author: str, status: str = "") -> bool:
        if at >= self.end:
            return False
        self.events.append(
            {
                "external_id": f"{self.key}-{len(self.events) + 1}",
                "ticket_external_id": self.key,
                "at": _text(at),
                "kind": kind,
                "author": author,
                "public": "true",
                "status": status,
                "team": self.team if author == "agent" else "",
            }
        )
        return True

    def _row(self) -> dict[str, str]:
        return {
            "external_id": self.key,
            "account_external_id": self.account.key,
            "contact_external_id": self.contact,
            "subject": self.chance.choice(SUBJECTS[self.account.language]),
            "status": self.status,
            "priority": self.chance.choice(PRIORITIES),
            "kind": self.chance.choice(KINDS),
            "channel": self.chance.choice(CHANNELS),
            "opened_at": _text(self.opened),
            "solved_at": self.solved,
            "team": self.team,
        }


def _incidents(chance: random.Random, last: date) -> Rows:
    found: Rows = []
    for first in month_starts(last):
        begun = datetime.combine(first + timedelta(days=chance.randrange(27)), time(9), UTC)
        if chance.random() < 0.6 and begun.date() <= last:
            found.append(
                {
                    "external_id": f"sample-i-{first:%y%m}",
                    "started_at": _text(begun),
                    "ended_at": _text(begun + timedelta(minutes=chance.randrange(5, 90))),
                    "title": "Exports and reports were not available",
                }
            )
    return found


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
