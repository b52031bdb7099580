"""The files of a company that is put together example by example."""

BEFORE, IN_MARCH = "2025-06-01", "2026-03-10"
Rows = list[dict[str, object]]


class Facts:
    """The files of the company, filled example by example."""

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {}

    def add(self, kind: str, /, **cells: object) -> None:
        self.rows.setdefault(kind, []).append(cells)

    def accounts(self, example: str, number: int) -> list[str]:
        """So many accounts of an example, named by it."""
        names = [f"{example}-{n}" for n in range(number)]
        for name in names:
            self.add("accounts", external_id=name, name=name, segment=example)
        return names

    def sell(self, account: str, amount: float, **cells: object) -> None:
        usual = {"plan": "P", "interval": "month", "started_on": BEFORE, "ended_on": ""}
        number = len(self.rows.get("subscriptions", []))
        about = {"external_id": f"s{number}", "account_external_id": account, "amount": amount}
        self.add("subscriptions", **about, **(usual | cells))

    def change(self, amount: float) -> None:
        """Another price for what was sold last."""
        key = self.rows["subscriptions"][-1]["external_id"]
        self.add(
            "subscription_changes",
            subscription_external_id=key,
            effective_on=IN_MARCH,
            amount=amount,
        )

    def renew(self, renewed: bool, amount: float | str = "") -> None:
        """What was sold last falls due."""
        key = self.rows["subscriptions"][-1]["external_id"]
        self.add(
            "renewals",
            subscription_external_id=key,
            due_on=IN_MARCH,
            renewed_on=IN_MARCH if renewed else "",
            amount=amount,
        )

    def answer(self, example: str, kind: str, scores: list[int]) -> None:
        (account,) = self.accounts(example, 1)
        for score in scores:
            self.add(
                "responses",
                external_id=f"r{len(self.rows.get('responses', []))}",
                survey=kind,
                kind=kind,
                score=score,
                account_external_id=account,
                answered_at="2026-03-10T12:00:00Z",
            )

    def come(self, example: str, *, today: int, in_the_month: int) -> None:
        (account,) = self.accounts(example, 1)
        for number in range(in_the_month):
            day = "31" if number < today else "20"
            self.add(
                "events",
                message_id=f"{example}-{number}",
                occurred_at=f"2026-03-{day}T10:00:00Z",
                user_id=f"u{number}",
                account_external_id=account,
                event="open",
            )

    def spend(self, example: str, category: str, amount: float) -> None:
        cells = {"occurred_on": "2026-03-01", "category": category, "segment": example}
        self.add("costs", amount=amount, **cells)

    def files(self) -> dict[str, str]:
        order = ("accounts", "subscriptions", "subscription_changes", "renewals", "purchases")
        kinds = [*order, *(kind for kind in self.rows if kind not in order)]
        return {kind: _csv(self.rows[kind]) for kind in kinds if kind in self.rows}


def _csv(rows: Rows) -> str:
    columns = list({name: None for row in rows for name in row})
    lines = [",".join(str(row.get(name, "")) for name in columns) for row in rows]
    return "\n".join([",".join(columns), *lines, ""])
