"""Accounts that a preset's file names and that are not there yet: they come along with its rows.

Whatever becomes of the rows, an account without a good one goes again.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from accounts.imports.kinds import KINDS
from accounts.imports.presets.records import ACCOUNT_NAMES
from accounts.imports.staging import execute, fetch_all
from accounts.imports.typed import TYPED, defaults_of

ACCOUNT = "account_external_id"
CREATED = sql.Identifier("import_accounts")
SHOWN = 20


def create(*, columns: Sequence[str]) -> bool:
    """Create the accounts that the good rows name; returns whether the file names any."""
    names = [name for name in ACCOUNT_NAMES if name in columns]
    if ACCOUNT not in columns or not names:
        return False
    defaults = defaults_of(KINDS["accounts"])
    result = {"external_id": "key", "name": "left(name, 300)", "attributes": "attributes"}
    values = [sql.SQL(result.get(one) or f"%(default_{one})s") for one in defaults]
    execute(
        "DROP TABLE IF EXISTS pg_temp.{created};"
        "CREATE TEMP TABLE {created} ON COMMIT DROP AS WITH named AS ("
        " SELECT DISTINCT ON (key) key, name, attributes FROM ("
        "  SELECT line, {key} AS key, coalesce({names}, '') AS name,"
        "   jsonb_strip_nulls(attributes) AS attributes FROM {staged} WHERE NOT bad) rows"
        " WHERE key <> '' AND name <> ''"
        " AND NOT EXISTS (SELECT FROM accounts_account there WHERE there.external_id = key)"
        " ORDER BY key, line"
        "), created AS (INSERT INTO accounts_account ({columns}) SELECT {values} FROM named"
        " ORDER BY key RETURNING id, name) SELECT id, name FROM created",
        {f"default_{name}": value for name, value in defaults.items()},
        created=CREATED,
        key=_cell(columns, ACCOUNT),
        names=sql.SQL(", ").join(
            sql.SQL("nullif({}, '')").format(_cell(columns, name)) for name in names
        ),
        columns=sql.SQL(", ").join(map(sql.Identifier, defaults)),
        values=sql.SQL(", ").join(values),
    )
    return True


def _cell(columns: Sequence[str], name: str) -> sql.Composable:
    return sql.SQL("cells[{}]").format(sql.Literal(columns.index(name) + 1))


def drop_unused() -> list[str]:
    """Take out those of which no row is good; returns the names of the others."""
    execute(
        "DELETE FROM accounts_account WHERE id IN (SELECT id FROM {created})"
        " AND id NOT IN (SELECT account FROM {typed} WHERE account IS NOT NULL);"
        "DELETE FROM {created} created WHERE NOT EXISTS"
        " (SELECT FROM accounts_account there WHERE there.id = created.id)",
        created=CREATED,
        typed=TYPED,
    )
    return [name for (name,) in fetch_all("SELECT name FROM {c} ORDER BY name, id", c=CREATED)]


def sentence(names: Sequence[str]) -> list[str]:
    """Which accounts were created, in words."""
    if not names:
        return []
    more = "" if len(names) <= SHOWN else " …"
    return [_("Accounts created: %s.") % (", ".join(names[:SHOWN]) + more)]
