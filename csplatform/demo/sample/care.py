"""What the managers do for their accounts, and what they measure of them."""

import random
from datetime import UTC, date, datetime, timedelta

from csplatform.demo.sample.people import SampleContact
from csplatform.demo.sample.story import Rows, SampleAccount

SAID = {
    "call": "Monthly call. Went through open questions and next steps.",
    "meeting": "Business review: goals, use by team, plans for the next quarter.",
    "mail": "Sent the summary and the link to the training.",
    "note": "Heard that a new head of operations starts next month.",
    "interview": "Talked about what they miss most in reports.",
}


def rows(
    chance: random.Random, accounts: list[SampleAccount], contacts: list[SampleContact]
) -> dict[str, Rows]:
    return {
        "activities": _activities(chance, accounts, contacts),
        "measurements": _measurements(chance, accounts),
    }


def _activities(
    chance: random.Random, accounts: list[SampleAccount], contacts: list[SampleContact]
) -> Rows:
    found: Rows = []
    for account in accounts:
        people = [contact for contact in contacts if contact.account is account]
        for first, mood in account.months():
            day = first + timedelta(days=chance.randrange(27))
            # The unhappy ones are called more often.
            if (
                not account.created_on <= day <= account.last_day
                or chance.random() > 1.1 - mood / 2
            ):
                continue
            kind = chance.choice(list(SAID))
            at = datetime(day.year, day.month, day.day, chance.randrange(8, 17), tzinfo=UTC)
            found.append(
                {
                    "external_id": f"sample-a-{len(found) + 1:05}",
                    "account_external_id": account.key,
                    "kind": kind,
                    "at": at.isoformat().replace("+00:00", "Z"),
                    "author_email": account.owner,
                    "contact_external_id": _met(chance, people, day),
                    "text": SAID[kind],
                    "sentiment": str(max(1, min(5, round(mood * 5)))),
                }
            )
    return found


def _met(chance: random.Random, people: list[SampleContact], day: date) -> str:
    """Somebody who still works there, if anybody does."""
    there = [contact.key for contact in people if contact.is_there(day)]
    return chance.choice(there) if there else ""


def _measurements(chance: random.Random, accounts: list[SampleAccount]) -> Rows:
    found: Rows = []
    for account in accounts:
        customers, posts = chance.randrange(50, 5000), chance.randrange(0, 20)
        for first, mood in account.months():
            if first < account.created_on:
                continue
            customers = round(customers * (0.98 + mood * 0.05))
            for key, value in (
                ("customers_of_customer", customers),
                ("forum_posts", round(posts * mood)),
            ):
                found.append(
                    {
                        "account_external_id": account.key,
                        "key": key,
                        "day": first.isoformat(),
                        "value": str(value),
                    }
                )
    return found
