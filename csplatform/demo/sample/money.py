"""What the accounts pay, change, renew and buy, and what it costs to win and keep them."""

import random
from datetime import date, timedelta

from csplatform.demo.sample.story import Rows, SampleAccount, month_starts

PER_SEAT = {"Enterprise": 14, "Mid-market": 18, "Small": 22}
TIMES = {"month": 1, "quarter": 3, "year": 12}
LEAVING = ("price", "a competitor", "no budget", "champion left", "missing feature")
COSTS = {
    "cs_payroll": 9000,
    "cs_programmes": 1200,
    "cs_services": 1500,
    "cs_training": 800,
    "customer_marketing": 1100,
    "sales": 8000,
    "marketing": 5000,
}
WORTH = {"USD": 0.92, "PLN": 0.23}


def rows(chance: random.Random, accounts: list[SampleAccount]) -> dict[str, Rows]:
    """Rates first: nothing in another currency comes in without them."""
    sold = [row for account in accounts for row in _subscriptions(chance, account)]
    by_key = {account.key: account for account in accounts}
    return {
        "rates": _rates(chance, accounts[0].last_day),
        "subscriptions": sold,
        "subscription_changes": _changes(chance, sold, by_key),
        "renewals": [row for one in sold for row in _renewals(one, by_key)],
        "purchases": _purchases(chance, accounts),
        "costs": _costs(chance, accounts[0].last_day),
    }


def _subscriptions(chance: random.Random, account: SampleAccount) -> Rows:
    found = [_subscription(chance, account, 1, account.created_on, account.left_on)]
    if account.back_on:
        found.append(_subscription(chance, account, 2, account.back_on, None))
    elif account.number % 8 == 5:
        found.append(_subscription(chance, account, 2, account.created_on, account.left_on))
        found[1] |= {"plan": "Add-on Reports", "amount": "49", "quantity": "1"}
    return found


def _subscription(
    chance: random.Random, account: SampleAccount, place: int, start: date, end: date | None
) -> dict[str, str]:
    interval = ("month", "month", "year", "quarter")[account.number % 4]
    free, trial = account.number % 20 == 7, account.number % 5 == 1
    amount = 0 if free else PER_SEAT[account.segment] * TIMES[interval]
    last = account.last_day
    return {
        "external_id": f"sample-s-{account.number:03}-{place}",
        "account_external_id": account.key,
        "plan": "Free" if free else ("Team" if account.segment == "Small" else "Business"),
        "currency": {"US": "USD", "PL": "PLN"}.get(account.country, "EUR"),
        "amount": str(amount),
        "quantity": str(account.seats),
        "interval": interval,
        "started_on": start.isoformat(),
        "trial_ends_on": (start + timedelta(days=14)).isoformat() if trial else "",
        "ended_on": end.isoformat() if end and end <= last else "",
        "cancelled_on": (end - timedelta(days=30)).isoformat() if end and end > start else "",
        "paused_from": _iso(start + timedelta(days=120), last, account.number == 12),
        "paused_until": _iso(start + timedelta(days=150), last, account.number == 12),
        "discount_percent": "20" if account.number % 6 == 2 else "",
        "discount_ends_on": (start + timedelta(days=182)).isoformat()
        if account.number % 6 == 2
        else "",
        "renews_on": "",
        "churn_reason": chance.choice(LEAVING) if end else "",
    }


def _iso(day: date, last: date, wanted: bool) -> str:
    return day.isoformat() if wanted and day <= last else ""


def _changes(chance: random.Random, sold: Rows, accounts: dict[str, SampleAccount]) -> Rows:
    """Happy accounts take more seats, unhappy ones give some back; a free one begins to pay."""
    found: Rows = []
    for one in sold:
        if one["plan"].startswith("Add-on"):
            continue
        account, seats = accounts[one["account_external_id"]], int(one["quantity"])
        for first, mood in account.months():
            if not _is_running(one, first) or chance.random() > 0.12:
                continue
            seats = max(1, round(seats * (1.15 if mood > 0.6 else 0.9)))
            row = {
                "subscription_external_id": one["external_id"],
                "effective_on": first.isoformat(),
                "amount": "",
                "quantity": str(seats),
                "plan": "",
            }
            if one["plan"] == "Free":
                paid = PER_SEAT[account.segment] * TIMES[one["interval"]]
                row |= {"amount": str(paid), "plan": "Team"}
            found.append(row)
    return found


def _is_running(one: dict[str, str], day: date) -> bool:
    """Whether a subscription has been there for a while and is not over."""
    begun = date.fromisoformat(one["started_on"]) + timedelta(days=40)
    return begun < day and (not one["ended_on"] or day.isoformat() < one["ended_on"])


def _renewals(one: dict[str, str], accounts: dict[str, SampleAccount]) -> Rows:
    if one["interval"] != "year":
        return []
    account, start = accounts[one["account_external_id"]], date.fromisoformat(one["started_on"])
    found: Rows = []
    for years in (1, 2):
        due = start + timedelta(days=365 * years)
        ended = account.left_on is not None and account.left_on <= due and not account.back_on
        if due > account.last_day + timedelta(days=365) or ended:
            break
        mood = account.mood(min(due, account.last_day))
        past = due <= account.last_day
        found.append(
            {
                "subscription_external_id": one["external_id"],
                "due_on": due.isoformat(),
                "notice_by": (due - timedelta(days=60)).isoformat(),
                "auto_renew": str(account.number % 2 == 0).lower(),
                "forecast": "" if past else _forecast(mood),
                "renewed_on": due.isoformat() if past else "",
                "amount": one["amount"],
            }
        )
    return found


def _forecast(mood: float) -> str:
    if mood > 0.75:
        return "commit"
    return "likely" if mood > 0.5 else "risk"


def _purchases(chance: random.Random, accounts: list[SampleAccount]) -> Rows:
    found: Rows = []
    for account in accounts:
        for first, mood in account.months():
            day = first + timedelta(days=chance.randrange(27))
            if chance.random() < mood * 0.1 and account.is_there(day) and day <= account.last_day:
                kind = chance.choice(("upsell", "cross_sell", "add_on", "one_off"))
                found.append(
                    {
                        "external_id": f"sample-b-{len(found) + 1:04}",
                        "account_external_id": account.key,
                        "occurred_on": max(day, account.created_on).isoformat(),
                        "amount": str(chance.randrange(100, 2000, 50)),
                        "currency": "EUR",
                        "kind": kind,
                        "description": {"one_off": "Workshop"}.get(kind, "Extra module"),
                    }
                )
    return found


def _costs(chance: random.Random, last_day: date) -> Rows:
    return [
        {
            "occurred_on": first.isoformat(),
            "category": category,
            "amount": str(round(usual * chance.uniform(0.9, 1.15), 2)),
            "currency": "EUR",
            "segment": "",
        }
        for first in month_starts(last_day)
        for category, usual in COSTS.items()
    ]


def _rates(chance: random.Random, last_day: date) -> Rows:
    return [
        {
            "currency": currency,
            "day": first.isoformat(),
            "rate": f"{worth * chance.uniform(0.97, 1.03):.6f}",
        }
        for currency, worth in WORTH.items()
        for first in month_starts(last_day)
    ]
