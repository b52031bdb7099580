"""What people do in the product: more of it where they are happy, on the days when they work."""

import json
import random
from datetime import UTC, date, datetime, timedelta

from csplatform.demo.sample.people import SampleContact
from csplatform.demo.sample.story import Rows, SampleAccount

DEEDS = {
    "login": ("home", 3),
    "report_viewed": ("reports", 4),
    "invoice_created": ("invoices", 4),
    "export_done": ("exports", 1),
    "comment_added": ("comments", 2),
    "api_call": ("api", 1),
}


def events(
    chance: random.Random, accounts: list[SampleAccount], contacts: list[SampleContact]
) -> Rows:
    found: Rows = []
    for contact in contacts:
        for first, mood in contact.account.months():
            for day in _days(chance, contact, first, mood):
                _session(chance, contact, day, found)
    return found


def _days(chance: random.Random, contact: SampleContact, first: date, mood: float) -> list[date]:
    """The days of a month on which somebody comes."""
    keen = {"champion": 0.38, "user": 0.25}.get(contact.role, 0.07)
    account = contact.account
    days = [first + timedelta(days=n) for n in range(31)]
    return [
        day
        for day in days
        if day.month == first.month
        and account.created_on <= day <= account.last_day
        and contact.is_there(day)
        and day.weekday() not in ((4, 5) if account.language in ("ar", "fa") else (5, 6))
        and chance.random() < keen * mood * mood
    ]


def _session(chance: random.Random, contact: SampleContact, day: date, found: Rows) -> None:
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    at += timedelta(minutes=chance.randrange(9 * 60))
    session = f"sample-{contact.number}-{day:%Y%m%d}"
    for _deed in range(chance.randint(1, 8)):
        name = chance.choices(list(DEEDS), weights=[often for _, often in DEEDS.values()])[0]
        found.append(
            {
                "message_id": f"sample-e-{len(found) + 1:06}",
                "occurred_at": at.isoformat().replace("+00:00", "Z"),
                "user_id": contact.key,
                "account_external_id": contact.account.key,
                "event": name,
                "feature": DEEDS[name][0],
                "session_id": session,
                "properties": json.dumps({"plan": contact.account.segment}),
            }
        )
        at += timedelta(seconds=chance.randrange(20, 900))
