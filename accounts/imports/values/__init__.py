"""Cells as people write them, into the one form that the checks know: staged rows, by SQL.

letter_forms.py  one form of ye and kaf
countries.py     codes of countries
words.py    tables of values, fixed words in any letter case, yes and no
numbers.py  digits of other scripts, decimal commas, thousands, signs of currencies
dates.py    days and times in the orders and calendars that people use

A format is decided once for a file. Where its cells leave only one reading that is taken and said;
where they leave several the file is refused, with the option that decides. A cell that fits none
stays as it was sent, and is rejected by the checks.
"""

from collections.abc import Sequence

from accounts.imports.mapped import MappedColumn
from accounts.imports.options import ImportOptions
from accounts.imports.records import Kind
from accounts.imports.values import countries, dates, letter_forms, numbers, words
from accounts.imports.values.cells import Column
from tenants.typing import SqlParameters

__all__ = ["normalize"]


def normalize(
    *,
    kind: Kind,
    columns: Sequence[str],
    mapped: Sequence[MappedColumn],
    options: ImportOptions,
    delimiter: str,
    sql_params: SqlParameters,
) -> list[str]:
    """Rewrite the cells of the staged rows; returns what was assumed, in sentences.

    Raises Ambiguous where the file does not say how it is to be read.
    """
    known = [
        Column(place=place, column=kind.by_name[name], mapped=one)
        for place, (name, one) in enumerate(zip(columns, mapped, strict=True), start=1)
        if name in kind.by_name
    ]
    words.normalize(known)
    return [
        *countries.normalize(known),
        *letter_forms.normalize(kind=kind, columns=known),
        *dates.normalize(columns=known, options=options, sql_params=sql_params),
        *numbers.normalize(columns=known, options=options, delimiter=delimiter),
    ]
