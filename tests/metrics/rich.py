"""A drawn book with every kind of fact, crowded into few hours.

All moments are rounded to the hour, so that many things happen at one moment. Ids are counted in
tens too, so that their order is not the one of their numbers.
"""

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

Row = dict[str, str]
Rows = dict[str, list[Row]]

FIRST, LAST = date(2026, 1, 5), date(2026, 6, 20)
ACCOUNTS = [f"a-{n}" for n in range(1, 13)]
HOURS = (8, 9, 10, 16, 17)


def draw(seed: int) -> Rows:
    """A book of all kinds, the same for the same seed."""
    return _Drawing(Random(seed)).book()


def status_of(ticket: Row) -> str:
    if ticket["closed_at"]:
        return "closed"
    return "solved" if ticket["solved_at"] else "open"


def files(book: Rows) -> list[tuple[str, str]]:
    """Each kind as the text of a file, what others point to first; kinds without rows are none."""
    return [(kind, text_of(rows)) for kind, rows in book.items() if rows]


def text_of(rows: list[Row]) -> str:
    output = StringIO()
    writer = csv.DictWriter(output, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


class _Drawing:
    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.sold: list[Row] = []
        self.tickets: list[Row] = []

    def book(self) -> Rows:
        return {
            "accounts": [self.account(n, name) for n, name in enumerate(ACCOUNTS)],
            "contacts": [
                {"external_id": f"k-{n}", "account_external_id": name, "name": f"K{n}"}
                for n, name in enumerate(ACCOUNTS * 2)
            ],
            "own_metrics": [
                {"key": "shops", "name": "Shops", "of": "measurements", "named": "shops"}
                | {"total": "last"},
                {"key": "opens", "name": "Opens", "of": "events", "named": "open"}
                | {"total": "distinct"},
            ],
            "rates": [
                {"currency": "USD", "day": day, "rate": rate}
                for day, rate in (("2025-01-01", "0.9"), ("2026-02-10", "1.1"), ("2026-05-01", "1"))
            ],
            "subscriptions": self.many(30, self.subscription),
            "subscription_changes": self.once(30, self.change, "subscription_external_id"),
            "renewals": self.once(20, self.renewal, "subscription_external_id"),
            "purchases": self.many(20, self.purchase),
            "costs": [
                {"occurred_on": f"2026-0{month}-01", "category": category, "amount": "100"}
                for month in range(1, 7)
                for category in ("sales", "marketing", "cs_payroll")
            ],
            "funnel": self.distinct(60, self.step),
            "onboarding": self.distinct(30, self.onboarding, keys=2),
            "activities": self.many(40, self.activity),
            "measurements": self.distinct(30, self.measurement, keys=3),
            "responses": self.many(80, self.response),
            "events": self.many(200, self.event),
            "tickets": self.many(40, self.ticket),
            "ticket_events": self.many(120, self.ticket_event),
            "incidents": self.many(6, self.incident),
        }

    def many(self, number: int, one: Callable[[int], Row]) -> list[Row]:
        return [one(n) for n in range(number)]

    def once(self, number: int, one: Callable[[int], Row], key: str) -> list[Row]:
        return list({row[key]: row for row in self.many(number, one)}.values())

    def distinct(self, number: int, one: Callable[[int], Row], *, keys: int = 4) -> list[Row]:
        """Rows without a name of their own: those that agree in their first cells are one."""
        return list({tuple(row.values())[:keys]: row for row in self.many(number, one)}.values())

    def any(self, *values: str) -> str:
        return self.dice.choice(values)

    def whose(self) -> str:
        return self.dice.choice(ACCOUNTS)

    def day(self) -> str:
        return str(FIRST + timedelta(days=self.dice.randrange((LAST - FIRST).days)))

    def moment(self) -> str:
        return f"{self.day()}T{self.dice.choice(HOURS):02}:00:00Z"

    def later(self, than: str, days: int, chance: float = 0.5) -> str:
        """A day after another one, or an empty cell."""
        if self.dice.random() > chance:
            return ""
        return str(date.fromisoformat(than[:10]) + timedelta(days=self.dice.randrange(1, days)))

    def hours_later(self, than: str, hours: int, chance: float = 0.5) -> str:
        if self.dice.random() > chance:
            return ""
        at = datetime.fromisoformat(than) + timedelta(hours=self.dice.randrange(1, hours))
        return f"{at:%Y-%m-%dT%H:%M:%SZ}"

    def account(self, number: int, name: str) -> Row:
        return {
            "external_id": name,
            "name": name.title(),
            "segment": self.any("small", "large", ""),
            "industry": self.any("Retail", "Steel"),
            "seats": self.any("", "3"),
            "is_test": "true" if number == len(ACCOUNTS) - 1 else "",
        }

    def subscription(self, number: int) -> Row:
        start = self.day()
        trial = self.later(start, 20, 0.4)
        pause = self.later(start, 60, 0.2)
        row = {
            "external_id": f"s-{number}",
            "account_external_id": self.whose(),
            "plan": self.any("Basic", "Team", "Pro"),
            "currency": self.any("EUR", "USD"),
            "amount": self.any("0", "10", "99.99", "1200"),
            "quantity": self.any("1", "2", "0"),
            "interval": self.any("month", "year", "week"),
            "started_on": start,
            "trial_ends_on": trial,
            "ended_on": self.later(trial or start, 90, 0.4),
            "cancelled_on": self.later(start, 60, 0.2),
            "paused_from": pause,
            "paused_until": self.later(pause, 30) if pause else "",
            "discount_percent": self.any("", "10", "100"),
            "discount_ends_on": self.later(start, 60),
            "churn_reason": "",
        }
        self.sold.append(row)
        return row

    def change(self, number: int) -> Row:
        sold = self.dice.choice(self.sold)
        return {
            "subscription_external_id": sold["external_id"],
            "effective_on": self.later(sold["started_on"], 60, 1),
            "amount": self.any("", "0", "50"),
            "quantity": self.any("", "1", "4"),
            "plan": self.any("", "Team"),
        }

    def renewal(self, number: int) -> Row:
        sold = self.dice.choice(self.sold)
        due = self.later(sold["started_on"], 90, 1)
        return {
            "subscription_external_id": sold["external_id"],
            "due_on": due,
            "auto_renew": self.any("true", "false"),
            "renewed_on": self.later(due, 30),
            "amount": self.any("", "80"),
        }

    def purchase(self, number: int) -> Row:
        return {
            "external_id": f"p-{number}",
            "account_external_id": self.whose(),
            "occurred_on": self.day(),
            "amount": "30",
            "currency": self.any("EUR", "USD"),
        }

    def step(self, number: int) -> Row:
        return {
            "visitor_id": f"v-{self.dice.randrange(12)}",
            "goal": self.any("buy", "Register"),
            "stage": self.any("visit", "lead", "conversion"),
            "occurred_at": self.moment(),
            "source": self.any("", "ad"),
            "account_external_id": self.any("", self.whose()),
        }

    def onboarding(self, number: int) -> Row:
        return {
            "account_external_id": self.whose(),
            "step": self.any("signed up", "Data in", "live"),
            "reached_at": f"2026-0{self.dice.randrange(2, 5)}-02T09:00:00Z",
        }

    def activity(self, number: int) -> Row:
        return {
            "external_id": f"n-{number}",
            "account_external_id": self.whose(),
            "kind": self.any("call", "note"),
            "at": f"2026-0{self.dice.randrange(2, 6)}-03T10:00:00Z",
            "sentiment": self.any("", "1", "3", "5"),
        }

    def measurement(self, number: int) -> Row:
        return {
            "account_external_id": self.whose(),
            "key": "shops",
            "day": self.day(),
            "value": str(self.dice.randrange(9)),
        }

    def response(self, number: int) -> Row:
        person = self.dice.randrange(len(ACCOUNTS) * 2)
        kind, most = self.dice.choice([("nps", 10), ("nps", 10), ("csat", 5), ("ces", 7)])
        return {
            "external_id": f"r-{number}",
            "survey": kind,
            "kind": kind,
            "score": self.any("", *(str(self.dice.randrange(1, most)) for _ in range(4))),
            "account_external_id": (ACCOUNTS * 2)[person],
            "contact_external_id": f"k-{person}",
            "answered_at": f"2026-0{self.dice.randrange(2, 6)}-04T10:00:00Z",
            "comment": self.any("", "the export is slow", "the export is good"),
            "touchpoint": self.any("", "checkout"),
        }

    def event(self, number: int) -> Row:
        return {
            "message_id": f"m-{number}",
            "occurred_at": self.moment(),
            "user_id": f"u{self.dice.randrange(15)}",
            "account_external_id": self.whose(),
            "event": self.any("open", "export"),
            "feature": self.any("", "reports", "Home"),
        }

    def ticket(self, number: int) -> Row:
        opened = self.moment()
        solved = self.hours_later(opened, 200)
        closed = self.hours_later(solved, 300, 0.3) if solved else ""
        row = {
            "external_id": f"t-{number}",
            "account_external_id": self.whose(),
            "subject": "Help",
            "status": "",
            "priority": self.any("", "normal", "high"),
            "kind": self.any("question", "defect"),
            "opened_at": opened,
            "solved_at": solved,
            "closed_at": closed,
            "closed_as": "solved" if closed else "",
        }
        row["status"] = status_of(row)
        self.tickets.append(row)
        return row

    def ticket_event(self, number: int) -> Row:
        ticket = self.dice.choice(self.tickets)
        kind = self.any("message", "status", "assignment")
        return {
            "external_id": f"e-{number}",
            "ticket_external_id": ticket["external_id"],
            "at": self.hours_later(ticket["opened_at"], 100, 1),
            "kind": kind,
            "author": self.any("agent", "customer"),
            "public": "true",
            "status": self.any("open", "pending", "solved") if kind == "status" else "",
            "assignee_email": f"{self.any('x', 'y')}@x.test" if kind == "assignment" else "",
        }

    def incident(self, number: int) -> Row:
        begun = self.moment()
        ended = self.hours_later(begun, 60, 0.7)
        return {
            "external_id": f"i-{number}",
            "started_at": begun,
            "ended_at": ended,
            "minutes_down": self.any("", "30") if ended else "",
        }
