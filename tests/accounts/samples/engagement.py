"""Samples of what customers do, ask and answer, and of what is measured of it."""

from tests.accounts.samples.faults import Sample, amounts, dates, moments, unknown

TOO_LONG = "x" * 20_001

SAMPLES = {
    "activities": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "kind": "call",
            "at": "2024-05-01T10:00:00Z",
            "sentiment": "4",
            "contact_external_id": "p",
            "text": "",
        },
        [
            *unknown("account_external_id"),
            *(
                ("kind", "dream", "choice"),
                ("sentiment", "0", "count"),
                ("sentiment", "6", "count"),
            ),
            *(("contact_external_id", "nobody", "unknown"), ("text", TOO_LONG, "too_long")),
            ("contact_external_id", "other", "other_account"),
            *moments("at"),
        ],
    ),
    "measurements": Sample(
        {"account_external_id": "a", "key": "k{n}", "day": "2024-05-01", "value": "-1.5"},
        [
            *unknown("account_external_id"),
            *(("key", "", "required"), ("key", "x" * 101, "too_long"), ("key", "k0", "repeated")),
            *(("value", "much", "number"), ("value", "", "required"), ("value", "1e9", "number")),
            *dates("day"),
        ],
    ),
    "funnel": Sample(
        {
            "visitor_id": "v{n}",
            "goal": "buy",
            "stage": "lead",
            "account_external_id": "a",
            "occurred_at": "2024-05-01T10:00:00Z",
            "source": "",
        },
        [
            *(("visitor_id", "", "required"), ("visitor_id", "x" * 201, "too_long")),
            *(("goal", "", "required"), ("goal", "x" * 101, "too_long")),
            *(("stage", "sale", "choice"), ("stage", "", "required")),
            *(("account_external_id", "nobody", "unknown"), ("visitor_id", "v0", "repeated")),
            *moments("occurred_at"),
        ],
    ),
    "onboarding": Sample(
        {"account_external_id": "a", "step": "s{n}", "reached_at": "2024-05-01T10:00:00Z"},
        [
            *unknown("account_external_id"),
            *(("step", "", "required"), ("step", "x" * 101, "too_long")),
            ("step", "s0", "repeated"),
            *moments("reached_at"),
        ],
    ),
    "tickets": Sample(
        {
            "external_id": "x{n}",
            "account_external_id": "a",
            "subject": "Help",
            "status": "solved",
            "priority": "high",
            "contact_external_id": "p",
            "opened_at": "2024-05-01T10:00:00Z",
            "solved_at": "2024-05-02T10:00:00Z",
            "tags": "",
        },
        [
            *unknown("account_external_id"),
            *(("subject", "", "required"), ("status", "asleep", "choice")),
            *(("priority", "soon", "choice"), ("solved_at", "2024-04-01", "before_start")),
            *(("contact_external_id", "nobody", "unknown"), ("tags", "x" * 501, "too_long")),
            ("contact_external_id", "other", "other_account"),
            *moments("opened_at"),
        ],
    ),
    "ticket_events": Sample(
        {
            "external_id": "x{n}",
            "ticket_external_id": "t",
            "at": "2024-05-01T10:00:00Z",
            "kind": "status",
            "author": "agent",
            "status": "solved",
            "public": "true",
            "body": "",
        },
        [
            *unknown("ticket_external_id"),
            *(("kind", "dance", "choice"), ("author", "ghost", "choice")),
            *(("status", "", "no_status"), ("status", "asleep", "choice")),
            *(("public", "perhaps", "truth"), ("body", TOO_LONG, "too_long")),
            *moments("at"),
        ],
    ),
    "incidents": Sample(
        {
            "external_id": "x{n}",
            "started_at": "2024-05-01T10:00:00Z",
            "ended_at": "",
            "minutes_down": "9",
            "title": "",
        },
        [
            *(("external_id", "", "required"), ("external_id", "x0", "repeated")),
            *(("ended_at", "2024-04-01", "before_start"), ("title", "x" * 301, "too_long")),
            *amounts("minutes_down"),
            *moments("started_at"),
        ],
    ),
    "own_metrics": Sample(
        {"key": "k{n}", "name": "N {n}", "of": "events", "named": "open", "total": "sum"},
        [
            *(("key", "K{day}", "key"), ("key", "x" * 61, "too_long"), ("key", "", "required")),
            *(("key", "k0", "repeated"), ("name", "", "required"), ("named", "", "required")),
            *(("name", "x" * 201, "too_long"), ("named", "x" * 201, "too_long")),
            *(("of", "stars", "choice"), ("total", "product", "choice")),
            ("total", "mean", "of_events"),
        ],
    ),
    "goals": Sample(
        {
            "external_id": "x{n}",
            "metric": "nps",
            "variant": "all",
            "target": "40",
            "starts_on": "2024-01-01",
            "due_on": "2024-06-30",
            "note": "",
        },
        [
            *(("metric", "luck", "no_metric"), ("variant", "lucky", "no_variant")),
            *(("target", "much", "number"), ("target", "", "required")),
            *(("due_on", "2023-01-01", "before_start"), ("note", "x" * 301, "too_long")),
            *dates("starts_on"),
        ],
    ),
    "events": Sample(
        {
            "message_id": "x{n}",
            "occurred_at": "2024-05-01T10:00:00+02:00",
            "user_id": "u",
            "account_external_id": "a",
            "event": "login",
            "properties": '{"a": 1}',
        },
        [
            *unknown("account_external_id"),
            *(("message_id", "", "required"), ("message_id", "x0", "repeated")),
            *(("user_id", "", "required"), ("event", "", "required")),
            *(("properties", "[1]", "json"), ("properties", "{", "json")),
            ("properties", '{"a": "\\u0000"}', "json"),
            *moments("occurred_at"),
        ],
    ),
    "responses": Sample(
        {
            "external_id": "x{n}",
            "survey": "pulse",
            "kind": "nps",
            "score": "9",
            "account_external_id": "a",
            "answered_at": "2024-05-01",
            "contact_external_id": "",
        },
        [
            *(("score", "11", "count"), ("score", "good", "count"), ("kind", "csat", "scale")),
            *(("kind", "mood", "choice"), ("kind", "ces", "scale"), ("survey", "", "required")),
            *(("account_external_id", "nobody", "unknown"), ("external_id", "x0", "repeated")),
            ("contact_external_id", "nobody", "unknown"),
            *moments("answered_at"),
        ],
    ),
}
