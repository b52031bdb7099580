"""How the accounts came and got started, and who else has looked in."""

import random
from datetime import UTC, date, datetime, time, timedelta

from csplatform.demo.sample.story import Rows, SampleAccount, month_starts

STEPS = ("signed up", "data connected", "team invited", "first report", "live")
SOURCES = ("search", "advert", "partner", "fair", "")


def rows(chance: random.Random, accounts: list[SampleAccount]) -> dict[str, Rows]:
    return {"funnel": _funnel(chance, accounts), "onboarding": _onboarding(chance, accounts)}


def moment(chance: random.Random, day: date) -> str:
    """Some time of that day's working hours."""
    at = datetime.combine(day, time(chance.randrange(7, 16), chance.randrange(60)), UTC)
    return at.isoformat().replace("+00:00", "Z")


def _funnel(chance: random.Random, accounts: list[SampleAccount]) -> Rows:
    found: Rows = []
    last = accounts[0].last_day
    for first in month_starts(last):
        for number in range(chance.randrange(30, 60)):
            day = first + timedelta(days=chance.randrange(28))
            if day <= last:
                found += _visitor(chance, f"v-{first:%y%m}-{number:02}", day, last)
    return found


def _visitor(chance: random.Random, who: str, day: date, last: date) -> Rows:
    """A visit; some leave their name, some of those buy or register."""
    source = chance.choice(SOURCES)
    goal = chance.choice(("subscribe", "subscribe", "webinar"))
    stages = ["visit"]
    if chance.random() < 0.35:
        stages.append("lead")
        if chance.random() < 0.3:
            stages.append("conversion")
    steps: Rows = []
    for stage in stages:
        if day > last:
            break
        steps.append(
            {
                "visitor_id": f"sample-{who}",
                "goal": goal,
                "stage": stage,
                "occurred_at": moment(chance, day),
                "source": source,
                "account_external_id": "",
            }
        )
        day += timedelta(days=chance.randrange(1, 6))
    return steps


def _onboarding(chance: random.Random, accounts: list[SampleAccount]) -> Rows:
    """The happier an account is at first, the further it comes, and the faster."""
    found: Rows = []
    for account in accounts:
        day, mood = account.created_on, account.mood(account.created_on)
        for number, step in enumerate(STEPS):
            stuck = number > 1 and chance.random() > 0.55 + mood / 2
            if stuck or day > account.last_day or not account.is_there(day):
                break
            found.append(
                {
                    "account_external_id": account.key,
                    "step": step,
                    "reached_at": moment(chance, day),
                }
            )
            day += timedelta(days=chance.randrange(1, 13 - round(mood * 6)))
    return found
