"""Whom the name of an owner means: an address, a name that an admin has mapped, a user's name."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from accounts.imports.staging import execute, fetch_all
from accounts.imports.typed import TYPED

NAME, EMAIL = "owner_name", "owner_email"
SHOWN = 20
MATCHED = """
coalesce(
 CASE WHEN {name} ~ '^[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;]+$' THEN lower({name}) END,
 (SELECT email FROM accounts_ownername known WHERE known.name = {name}),
 (SELECT min(email) FROM accounts_user person WHERE person.name = {name}
  AND person.is_active HAVING count(*) = 1))
"""


def match(columns: Sequence[str]) -> None:
    """Fill in the address of each owner that is named, where the row does not say it.

    A name that nobody is known by leaves the owner as it is, unless it has become another.
    """
    execute(
        "UPDATE {staged} SET raw = coalesce(raw, cells), cells[{email}] ="
        f" CASE WHEN {{name}} = '' THEN '' ELSE coalesce({MATCHED},"
        "  CASE WHEN (SELECT there.owner_name FROM accounts_account there"
        "   WHERE there.external_id = {key}) <> {name} THEN '' END) END"
        " WHERE problem = '' AND cells[{email}] IS NULL AND {name} IS NOT NULL AND ({name} <> ''"
        "  OR (SELECT there.owner_name FROM accounts_account there"
        "   WHERE there.external_id = {key}) <> '')",
        name=_cell(columns, NAME),
        key=_cell(columns, "external_id"),
        email=sql.Literal(columns.index(EMAIL) + 1),
    )


def _cell(columns: Sequence[str], name: str) -> sql.Composable:
    return sql.SQL("cells[{}]").format(sql.Literal(columns.index(name) + 1))


def unmatched() -> list[str]:
    """Which owners no user is known as, in words."""
    names = [
        name
        for (name,) in fetch_all(
            "SELECT DISTINCT owner_name FROM {typed} WHERE owner_name <> ''"
            " AND owner_email = '' ORDER BY owner_name LIMIT %(most)s",
            {"most": SHOWN},
            typed=TYPED,
        )
    ]
    if not names:
        return []
    return [_("Owners of whom no user is known: %s.") % ", ".join(names)]
