"""What became of a file, or would, as the page of its import shows it."""

from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from accounts.imports.rejecting import BETWEEN, first_rejects
from accounts.models import Import
from accounts.pages import columns
from tenants.typing import Context

REJECTS_SHOWN = 20


def counts(entry: Import) -> Context:
    """What became of the rows, each with its name; of an import that is undone, by the undoing."""
    if entry.state == Import.State.UNDONE and entry.undoing:
        return {
            "counts": [
                (_("removed"), entry.undoing["removed"]),
                (_("restored"), entry.undoing["restored"]),
                (_("left as they are"), entry.undoing["left"]),
            ]
        }
    return {
        "counts": [
            (_("created"), entry.created),
            (_("changed"), entry.updated),
            (_("unchanged"), entry.unchanged),
            (_("rejected"), entry.rejected),
            *([(_("accounts created"), entry.accounts_created)] if entry.accounts_created else []),
        ]
    }


def details(entry: Import) -> Context:
    """What the page shows below the counts, with columns called as people call them."""
    return {
        "rejects": _some_rejects(entry),
        "changes": _changes(entry),
        "unknown_values": _unknown_values(entry),
    }


def _some_rejects(entry: Import) -> list[dict[str, str]]:
    """The first of the rejected rows, with what is wrong with them."""
    if not entry.rejects:
        return []
    try:
        with entry.rejects.open("rb") as stream:
            rows = first_rejects(cast(BinaryIO, stream), kind=entry.of_kind, most=REJECTS_SHOWN)
    except FileNotFoundError:
        return []
    return [row | {"column": _labels(entry, row["column"])} for row in rows]


def _labels(entry: Import, names: str) -> str:
    """The columns that a rejected row complains of, as people call them."""
    found = [columns.label_of(entry.of_kind, name) for name in names.split(BETWEEN)]
    return BETWEEN.join(found)


def _changes(entry: Import) -> list[tuple[str, str, object, object]]:
    """What a trial has found that would change: row, column, before, after."""
    return [
        (change["row"], columns.label_of(entry.of_kind, name), before, after)
        for change in entry.changes
        for name, before, after in change["columns"]
    ]


def _unknown_values(entry: Import) -> list[tuple[str, list[str]]]:
    """The words of a column with fixed words that are none of them."""
    found = entry.unknown_values.items()
    return [(columns.label_of(entry.of_kind, name), values) for name, values in found]
