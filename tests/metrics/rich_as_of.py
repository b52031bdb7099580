"""A drawn book as it stood on a day: without what was only known later."""

from datetime import date

from tests.metrics.rich import Row, Rows, status_of

# When a row of a kind began to be; those of other kinds are known from the first.
BEGAN = {
    "subscriptions": "started_on",
    "subscription_changes": "effective_on",
    "purchases": "occurred_on",
    "costs": "occurred_on",
    "rates": "day",
    "funnel": "occurred_at",
    "onboarding": "reached_at",
    "tickets": "opened_at",
    "ticket_events": "at",
    "incidents": "started_at",
    "events": "occurred_at",
    "responses": "answered_at",
    "activities": "at",
    "measurements": "day",
}
# What is written into a row later, by the cell that says when: those cells are empty until then.
LATER: dict[str, dict[str, tuple[str, ...]]] = {
    "subscriptions": {
        "ended_on": ("churn_reason",),
        "cancelled_on": (),
        "paused_from": ("paused_until",),
    },
    "renewals": {"renewed_on": ("amount",)},
    "incidents": {"ended_at": ("minutes_down",)},
    "tickets": {"solved_at": (), "closed_at": ("closed_as",)},
}


def as_of(book: Rows, day: date) -> Rows:
    """The rows as they were at the end of a day: without those and the cells that came later."""
    subscriptions = {row["external_id"]: row for row in book["subscriptions"]}

    def known(kind: str, row: Row) -> bool:
        if kind == "renewals":
            return subscriptions[row["subscription_external_id"]]["started_on"] <= str(day)
        return kind not in BEGAN or row[BEGAN[kind]][:10] <= str(day)

    return {
        kind: [_before(kind, row, day) for row in rows if known(kind, row)]
        for kind, rows in book.items()
    }


def _before(kind: str, row: Row, day: date) -> Row:
    found = dict(row)
    for cell, others in LATER.get(kind, {}).items():
        if row[cell][:10] > str(day):
            found.update(dict.fromkeys((cell, *others), ""))
    if kind == "tickets" and row["status"] in ("solved", "closed"):
        found["status"] = status_of(found)
    return found
