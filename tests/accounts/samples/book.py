"""Samples of customers, and of what they buy and cost."""

from tests.accounts.samples.faults import Sample, amounts, dates, unknown

SAMPLES = {
    "accounts": Sample(
        {"external_id": "x{n}", "name": "N {n}", "seats": "3", "created_on": "2024-01-01"},
        [
            *(("external_id", "", "required"), ("external_id", "x0", "repeated")),
            *(("name", "", "required"), ("name", "x" * 301, "too_long")),
            *(("seats", "-1", "count"), ("seats", "many", "count"), ("seats", "1.5", "count")),
            *dates("created_on")[:4],
        ],
    ),
    "contacts": Sample(
        {"external_id": "x{n}", "account_external_id": "a", "email": "p{n}@x.test", "left_on": ""},
        [
            *(("external_id", "", "required"), ("external_id", "x0", "repeated")),
            *unknown("account_external_id"),
            *(("email", "nobody", "email"), ("email", "a b@x.test", "email")),
            *(("external_id", "x" * 201, "too_long"), ("email", "a@b", "email")),
            *dates("left_on")[:4],
        ],
    ),
    "rates": Sample(
        {"currency": "USD", "day": "{day}", "rate": "0.9{n}"},
        [
            *(("currency", "EU", "currency"), ("currency", "", "required")),
            *(("currency", "EUR", "own_currency"), ("rate", "0", "rate"), ("rate", "-1", "rate")),
            *(("rate", "one", "rate"), ("rate", "", "required")),
            *dates("day"),
        ],
    ),
    "subscriptions": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "plan": "P",
            "currency": "EUR",
            "amount": "9",
            "interval": "month",
            "started_on": "2024-01-01",
            "discount_percent": "",
            "ended_on": "",
        },
        [
            *unknown("account_external_id"),
            *(("currency", "USD", "no_rate"), ("interval", "monthly", "choice")),
            *(("discount_percent", "101", "over_100"), ("ended_on", "2023-01-01", "before_start")),
            *amounts("amount"),
            *dates("started_on"),
        ],
    ),
    "subscription_changes": Sample(
        {"subscription_external_id": "s", "effective_on": "{day}", "amount": "9", "quantity": ""},
        [
            *unknown("subscription_external_id"),
            *amounts("amount"),
            *dates("effective_on"),
            ("effective_on", "1999-01-{day}", "before_start"),
        ],
    ),
    "renewals": Sample(
        {"subscription_external_id": "s", "due_on": "{day}", "amount": "9", "forecast": "commit"},
        [
            *unknown("subscription_external_id"),
            *amounts("amount"),
            *dates("due_on"),
            ("forecast", "surely", "choice"),
        ],
    ),
    "purchases": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "occurred_on": "2024-01-01",
            "amount": "9",
            "currency": "EUR",
            "kind": "upsell",
        },
        [
            *unknown("account_external_id"),
            *(("currency", "USD", "no_rate"), ("kind", "gift", "choice")),
            *(("external_id", "x0", "repeated"), ("external_id", "", "required")),
            *amounts("amount"),
            *dates("occurred_on"),
        ],
    ),
    "costs": Sample(
        {"occurred_on": "{month}", "category": "sales", "amount": "9", "segment": "s{n}"},
        [
            *(("category", "beer", "choice"), ("category", "", "required")),
            *amounts("amount"),
            *[
                (column, cell, code.replace("date", "month"))
                for column, cell, code in dates("occurred_on")
            ],
            ("segment", "x" * 101, "too_long"),
        ],
    ),
}
