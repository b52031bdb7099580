"""7,043 real customers, from the file to the figures over REST, against published figures."""

import csv
import gzip
import random
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from csplatform.demo.tenants import DATA
from tests.product import Product

pytestmark = pytest.mark.long

JUNE = "date=2024-06-30&period=month"
START, END = date(2024, 6, 1), date(2024, 6, 30)


def kpi(product: Product, key: str, name: str, question: str = JUNE) -> Any:
    status, answer = product.get(f"/api/v1/kpis/{name}/?{question}", slug="telco", key=key)
    assert status == 200, answer
    return answer


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customers", 5174),
        ("mrr", 316985.75),
        ("arr", 3803829.0),
        ("new_mrr", 31403.40),
        ("churned_mrr", 139130.85),
        ("arpa", 61.265124),
        ("customer_churn_rate", 23.19676),
        ("customer_churn_rate&variant=opening_plus_new", 29.116685),
        ("customer_churn_rate&variant=all", 26.536987),
        ("customer_retention_rate", 76.80324),
        ("new_customers", 624),
        ("gross_mrr_churn", 27.551734),
        ("gross_mrr_churn&variant=all_movements", 32.758777),
        ("net_mrr_churn", 27.551734),
        ("nrr", 72.448266),
        ("grr", 72.448266),
    ],
)
def test_the_published_figures_come_out(telco: Product, key: str, name: str, value: float) -> None:
    name, _, variant = name.partition("&")
    answer = kpi(telco, key, name, f"{JUNE}&{variant}")
    assert answer["value"] == pytest.approx(value, abs=5e-7)
    assert (answer["start"], answer["end"]) == ("2024-06-01", "2024-07-01")


def test_mrr_at_the_start_is_that_of_the_day_before(telco: Product, key: str) -> None:
    assert kpi(telco, key, "mrr", "date=2024-05-31")["value"] == 424713.20
    assert kpi(telco, key, "mrr")["previous"]["value"] == 424713.20
    assert kpi(telco, key, "customers", "date=2024-05-31")["value"] == 6419


def test_opening_and_movements_make_closing(telco: Product, key: str) -> None:
    new, churned = (kpi(telco, key, name)["value"] for name in ("new_mrr", "churned_mrr"))
    assert round(424713.20 + new - churned, 2) == 316985.75


def test_a_date_with_a_night_says_when_it_was_and_one_without_that_there_was_none(
    telco: Product, key: str
) -> None:
    assert kpi(telco, key, "mrr")["from_facts"] is False
    assert kpi(telco, key, "mrr", "date=2024-06-29")["from_facts"] is True


def test_subscriptions_alone_say_too_little_for_a_status(telco: Product, key: str) -> None:
    path = "/api/v1/accounts/5575-GNVDE/scorecard/?date=2024-06-30"
    status, card = telco.get(path, slug="telco", key=key)
    assert (status, card["account"], card["status"]) == (200, "5575-GNVDE", "")
    assert card["coverage"] < 40 and card["reason"]
    known = [line["key"] for line in card["factors"] if line["mark"] is not None]
    assert (len(card["factors"]), "mrr_change_90d" in known) == (14, True)
    assert sum(line["points"] or 0 for line in card["factors"]) == pytest.approx(
        card["score"], abs=1e-3
    )


# The oracle: what must come out after any change, worked out from the rows alone.


@dataclass(frozen=True)
class Row:
    name: str
    amount: Decimal
    started_on: date
    ended_on: date | None

    def pays(self, day: date) -> bool:
        alive = self.started_on <= day and (self.ended_on is None or day < self.ended_on)
        return alive and self.amount > 0


def rows() -> list[Row]:
    with gzip.open(DATA / "telco" / "subscriptions.csv.gz", "rt") as file:
        return [
            Row(
                name=row["external_id"],
                amount=Decimal(row["amount"]),
                started_on=date.fromisoformat(row["started_on"]),
                ended_on=date.fromisoformat(row["ended_on"]) if row["ended_on"] else None,
            )
            for row in csv.DictReader(file)
        ]


def changed(row: Row, chance: random.Random) -> Row:
    """Another amount, another end, or no end at all."""
    first = row.started_on.toordinal()
    end = date.fromordinal(chance.randint(first, date(2024, 8, 1).toordinal()))
    return chance.choice(
        [
            replace(row, amount=Decimal(chance.randint(0, 20000)) / 100),
            replace(row, ended_on=end),
            replace(row, ended_on=None),
        ]
    )


def expected(book: list[Row]) -> dict[str, float]:
    before = date(2024, 5, 31)
    opening = {row.name for row in book if row.pays(before)}
    closing = {row.name for row in book if row.pays(END)}
    came = [row for row in book if START <= row.started_on <= END and row.pays(row.started_on)]
    left = [
        row
        for row in book
        if row.ended_on
        and START <= row.ended_on <= END
        and row.pays(date.fromordinal(row.ended_on.toordinal() - 1))
    ]
    return {
        "customers": len(closing),
        "mrr": float(sum(row.amount for row in book if row.pays(END))),
        "new_mrr": float(sum(row.amount for row in came)),
        "churned_mrr": float(sum(row.amount for row in left)),
        "customer_churn_rate": 100 * len(opening - closing) / len(opening),
    }


def test_after_fifty_rows_are_changed_at_random_the_night_agrees_with_the_rows(
    telco: Product, key: str, tmp_path: Path
) -> None:
    chance = random.Random(20240630)
    book = {row.name: row for row in rows()}
    chosen = chance.sample(sorted(book), 50)
    book |= {name: changed(book[name], chance) for name in chosen}
    file = tmp_path / "changed.csv"
    with file.open("w", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(["external_id", "amount", "ended_on"])
        for name in chosen:
            row = book[name]
            writer.writerow([name, row.amount, row.ended_on or ""])
    done = telco.manage("import_data", "telco", "subscriptions", str(file))
    assert done.returncode == 0, done.stderr
    assert telco.manage("run_night", "telco", "--date", "2024-06-30").returncode == 0
    for name, value in expected(list(book.values())).items():
        answer = kpi(telco, key, name)
        assert answer["from_facts"] is False
        assert answer["value"] == pytest.approx(value, abs=1e-6), name
