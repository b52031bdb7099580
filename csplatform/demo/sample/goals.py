"""What the company has set itself for the quarter."""

from datetime import date

from csplatform.demo.sample.story import OWNERS, Rows

TARGETS = (
    ("nrr", "", "", "105", "Grow with those who are here."),
    ("nps", "", "", "45", "Call every detractor."),
    ("usage_rate", "weekly", "", "85", ""),
    ("customer_churn_rate", "opening", "segment:Small", "1", "Help the small ones get started."),
)


def rows(last_day: date) -> dict[str, Rows]:
    first = date(last_day.year, (last_day.month - 1) // 3 * 3 + 1, 1)
    end = date(last_day.year, first.month + 2, 28)
    return {
        "goals": [
            {
                "external_id": f"sample-goal-{number}",
                "metric": metric,
                "variant": variant,
                "segment": segment,
                "target": target,
                "starts_on": first.isoformat(),
                "due_on": end.isoformat(),
                "owner_email": OWNERS[number % len(OWNERS)],
                "note": note,
            }
            for number, (metric, variant, segment, target, note) in enumerate(TARGETS)
        ]
    }
