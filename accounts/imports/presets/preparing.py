"""Staged rows of another tool's export, made into rows of a kind: what a mapping cannot say."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from accounts.imports.mapped import MappedColumn
from accounts.imports.presets.records import Preset
from accounts.imports.staging import execute, fetch_all
from tenants.typing import Options

CELL = re.compile(r"(?<!\{)\{(place:)?([a-z][^{}]*)\}(?!\})")
ANSWER = "answer."
SHOWN = 5


def leave_out_footer(preset: Preset) -> list[str]:
    """Take out the last rows that are no rows of data; returns what they were, in a sentence."""
    if not preset.footer:
        return []
    rows = fetch_all(
        "DELETE FROM {staged} WHERE line > (SELECT coalesce(max(line), 0) FROM {staged}"
        " WHERE problem = '' AND cardinality(array_remove(cells, '')) > 1)"
        " RETURNING line, coalesce(value, array_to_string(array_remove(cells, ''), ' '))"
    )
    if not rows:
        return []
    execute("DELETE FROM {rejects} WHERE line NOT IN (SELECT line FROM {staged})")
    lines = "; ".join(
        _("line %(line)s (“%(value)s”)") % {"line": line, "value": text[:80].strip(", ")}
        for line, text in sorted(rows)[:SHOWN]
    )
    return [_("Rows at the end that are no data, left out: %s.") % lines]


def prepare(*, preset: Preset, columns: Sequence[str], mapped: Sequence[MappedColumn]) -> None:
    """Fill in what the tool says in another way."""
    if preset.accounts_by_name:
        _look_up_accounts(preset, columns)
    for statement in preset.prepare:
        text = _with_places(statement, columns, mapped)
        if text:
            execute(text)


def add_columns(further: Sequence[str]) -> None:
    """Empty cells for columns that the file does not have; what was sent is kept."""
    execute(
        "UPDATE {staged} SET raw = coalesce(raw, cells),"
        " cells = cells || array_fill(NULL::text, ARRAY[{count}])",
        count=sql.Literal(len(further)),
    )


def _with_places(statement: str, columns: Sequence[str], mapped: Sequence[MappedColumn]) -> str:
    """A statement over columns as one over places; "" where it fills in one that is not there."""
    places = {name: place for place, name in enumerate(columns, start=1)}
    answers = [name for name in columns if name.startswith(ANSWER)]
    questions = " ".join(one.header for one in mapped if one.column in answers)
    if any(result and name not in places for result, name in CELL.findall(statement)):
        return ""

    def cell(found: re.Match[str]) -> str:
        name = found[2]
        if name == "staged":
            return found[0]
        if name == "answers":
            return f"ARRAY[{', '.join(f'cells[{places[one]}]' for one in answers)}]::text[]"
        if name == "questions":
            return _literal(questions)
        if name not in places:
            return "NULL::text"
        return str(places[name]) if found[1] else f"cells[{places[name]}]"

    return CELL.sub(cell, statement)


def _literal(text: str) -> str:
    quoted: str = sql.Literal(text).as_string(None)
    return quoted.replace("{", "{{").replace("}", "}}")


def _look_up_accounts(preset: Preset, columns: Sequence[str]) -> None:
    """Accounts by their exact names; where there are two of a name, the row is rejected."""
    if "account.name" not in columns:
        return
    parts: Options = {
        "name": sql.SQL("cells[{}]").format(sql.Literal(columns.index("account.name") + 1)),
        "place": sql.Literal(columns.index("account_external_id") + 1),
    }
    execute(
        "INSERT INTO {rejects} SELECT line, 'account_external_id', {name}, 'two_accounts', ''"
        " FROM {staged} JOIN (SELECT name FROM accounts_account GROUP BY name"
        "  HAVING count(*) > 1) twice ON twice.name = {name} WHERE problem = ''"
        " AND coalesce(cells[{place}], '') = '';"
        "UPDATE {staged} SET cells[{place}] = coalesce((SELECT min(account.external_id)"
        "  FROM accounts_account account WHERE account.name = {name}), {prefix} || {name})"
        " WHERE problem = '' AND {name} <> '' AND coalesce(cells[{place}], '') = ''",
        prefix=sql.Literal(f"{preset.accounts_by_name}:"),
        **parts,
    )
