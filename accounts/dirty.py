"""Marks of what has changed: triggers that write (account, when, facts) into `DirtyDay`.

Whoever changes a fact changes figures from some day on. The mark is made by the database, in the
same transaction, so that no way of writing (an import, SQL by hand) can forget it.
"""

import pgtrigger

MARK = """
INSERT INTO accounts_dirtyday (account_id, {when}, facts)
SELECT account_id, min({when}), '{facts}' FROM ({rows}) changed
GROUP BY account_id{each_day};
RETURN NULL;
"""


def marks_of(
    *, facts: str, when: str, column: str = "day", account: str = "account_id"
) -> list[pgtrigger.Trigger]:
    """The triggers of a fact with a date of its own: `when` is that column of it.

    `column` is "at" where `when` is a moment; `account` is an expression for whose fact it is.
    """
    one = f"SELECT {account} AS account_id, {when} AS {column} FROM {{rows}} rows"
    return marks(
        facts=facts,
        when=column,
        inserted=one.format(rows="new_rows"),
        deleted=one.format(rows="old_rows"),
        updated=one.format(rows="(TABLE old_rows UNION ALL TABLE new_rows)"),
    )


def marks(
    *,
    facts: str,
    inserted: str,
    deleted: str,
    updated: str,
    each_day: bool = False,
    when: str = "day",
) -> list[pgtrigger.Trigger]:
    """Three triggers, each with the query for the (account_id, day) that a statement touches.

    The queries read `new_rows` and `old_rows`. Of one account the earliest day is marked, or,
    where a figure of one day says nothing of the next, each day by itself.
    """

    def func(rows: str) -> str:
        return MARK.format(facts=facts, rows=rows, when=when, each_day=", day" if each_day else "")

    new, old = {"new": "new_rows"}, {"old": "old_rows"}
    return [
        _trigger("insert", pgtrigger.Insert, func(inserted), new),
        _trigger("delete", pgtrigger.Delete, func(deleted), old),
        _trigger("update", pgtrigger.Update, func(updated), {**old, **new}),
    ]


def marks_on_update(*, facts: str, updated: str, name: str = "update") -> list[pgtrigger.Trigger]:
    """The same for changes alone: what is new or goes away is marked by the facts of its own."""
    func = MARK.format(facts=facts, rows=updated, when="day", each_day="")
    return [_trigger(name, pgtrigger.Update, func, {"old": "old_rows", "new": "new_rows"})]


def _trigger(
    name: str, operation: pgtrigger.Operation, func: str, tables: dict[str, str]
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"dirty_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),  # type: ignore[no-untyped-call]
        func=func,
    )
