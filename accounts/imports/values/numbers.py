"""Numbers as people write them: 1 234,50, 1,200, ۱۲۳, €10.00, USD 1,200,000.00.

Whether a comma or a point is the decimal sign is decided once for a file. One sign before exactly
three digits may be either (1,200); where nothing else in the file tells, it is refused.
"""

import json
from collections.abc import Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from accounts.imports.options import DECIMALS, ImportOptions
from accounts.imports.records import Type
from accounts.imports.refusals import Ambiguous
from accounts.imports.staging import execute, fetch
from accounts.imports.values.cells import Column, any_unlike, make_table, put_back, set_aside
from accounts.imports.values.currencies import CODES_BY_SIGN

TABLE = sql.Identifier("import_numbers")
FURTHER = "counted bool, money bool, minus text, number text, sign text, shape text, own text"
OF_TYPES = (Type.AMOUNT, Type.NUMBER, Type.RATE, Type.COUNT)
# Written as the checks want it, and with no other reading; 1.234 has another.
PLAIN = r"^-?[0-9]+(\.([0-9]{1,2}|[0-9]{4,}))?$"
WITH_A_POINT = r"^-?[0-9]+\.([0-9]{1,2}|[0-9]{4,})$"
PARTS = r"^(-?) *([^-0-9 .,+'’()]*\.?) *(-?) *([0-9][0-9 .,'’٫٬،]*?) *([^-0-9 ,+'’()]*)$"
GROUPED = r"^[0-9]{1,3}([ '’][0-9]{3})+([.,][0-9]+)?$"
ARABIC = "^[0-9]{1,3}([٬،]?[0-9]{3})*(٫[0-9]+)?$|^[0-9]+٫[0-9]+$"
BY_POINT = r"^[0-9]{1,3}(,[0-9]{3})+\.[0-9]+$|^[1-9][0-9]{0,2}(,[0-9]{3}){2,}$"
BY_COMMA = r"^[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$|^[1-9][0-9]{0,2}(\.[0-9]{3}){2,}$"
POINT = r"^[0-9]+\.([0-9]{1,2}|[0-9]{4,})$|^0+\.[0-9]{3}$|^[0-9]{4,}\.[0-9]{3}$"
COMMA = "^[0-9]+,([0-9]{1,2}|[0-9]{4,})$|^0+,[0-9]{3}$|^[0-9]{4,},[0-9]{3}$"
POINT_OR_THOUSAND = r"^[1-9][0-9]{0,2}\.[0-9]{3}$"
COMMA_OR_THOUSAND = "^[1-9][0-9]{0,2},[0-9]{3}$"
SHAPES = {
    "plain": "^[0-9]+$",
    "point": f"{BY_POINT}|{POINT}",
    "comma": f"{BY_COMMA}|{COMMA}",
    "point?": POINT_OR_THOUSAND,
    "comma?": COMMA_OR_THOUSAND,
}


def normalize(*, columns: Sequence[Column], options: ImportOptions, delimiter: str) -> list[str]:
    """Write the numbers of staged rows with ASCII digits and a point; returns what was assumed."""
    numbers = [one for one in columns if one.column.type in OF_TYPES]
    places = [one.place for one in numbers]
    if not any_unlike(places=places, pattern=PLAIN):
        return []
    make_table(table=TABLE, further=FURTHER)
    set_aside(table=TABLE, places=places, except_for=PLAIN)
    _parse(numbers)
    decimal = options.decimal or _decimal(places, delimiter)
    _apply(decimal, strict=bool(options.decimal))
    put_back(table=TABLE, places=places)
    return _assumed(options)


def _parse(columns: Sequence[Column]) -> None:
    """Take each cell apart, and see what its commas and points can be."""
    execute(
        "UPDATE {table} SET counted = place = ANY(%(counted)s), money = place = ANY(%(money)s);"
        "UPDATE {table} SET minus = p[1] || p[3], number = p[4], sign = p[2] || p[5]"
        " FROM (SELECT line AS l, place AS c, regexp_match(cell, %(parts)s) AS p FROM {table})"
        " parts WHERE line = l AND place = c;"
        "UPDATE {table} SET number = translate(number, ' ''’', '') , own = '1'"
        " WHERE number ~ %(grouped)s;"
        "UPDATE {table} SET number = translate(number, '٫٬،', '.'), shape = 'arabic'"
        " WHERE number ~ '[٫٬،]' AND number ~ %(arabic)s;"
        "UPDATE {table} SET shape = CASE"
        # Where spaces part the thousands, what else there is parts the decimals.
        " WHEN own IS NOT NULL AND number ~ '[.]' THEN 'point'"
        " WHEN own IS NOT NULL AND number ~ ',' THEN 'comma'"
        " WHEN number ~ %(plain)s THEN 'plain' WHEN number ~ %(point)s THEN 'point'"
        " WHEN number ~ %(comma)s THEN 'comma'"
        # A number of things has no decimals: 1,200 is one of thousands; 50.000 may come from a
        # program that writes three decimals always.
        " WHEN number ~ %(comma?)s THEN CASE WHEN counted THEN 'point' ELSE 'comma?' END"
        " WHEN number ~ %(point?)s THEN CASE WHEN counted AND number !~ '[.]000$' THEN 'comma'"
        "  ELSE 'point?' END"
        " END WHERE shape IS NULL AND number IS NOT NULL",
        {
            "counted": [one.place for one in columns if one.column.type == Type.COUNT],
            "money": [one.place for one in columns if one.column.type == Type.AMOUNT],
            "parts": PARTS,
            "grouped": GROUPED,
            "arabic": ARABIC,
            **SHAPES,
        },
        table=TABLE,
    )


def _decimal(places: Sequence[int], delimiter: str) -> str:
    """The decimal sign of the file, by its cells. Raises Ambiguous."""
    comma, point, open_comma, open_point = fetch(
        "SELECT bool_or(shape = 'comma'), bool_or(shape = 'point'), bool_or(shape = 'comma?'),"
        " bool_or(shape = 'point?' AND (money OR counted)) FROM {table}",
        table=TABLE,
    )
    if open_comma or open_point:
        point = point or _points_elsewhere(places)
        # With semicolons between the cells the comma is free to be a decimal sign.
        neither = open_comma or (open_point and delimiter == ";")
        if (comma and point) or (not comma and not point and neither):
            raise Ambiguous(_undecided(), option="decimal", choices=DECIMALS)
    return "," if comma else "."


def _points_elsewhere(places: Sequence[int]) -> bool:
    """Whether a cell that needed no rewriting has a decimal point."""
    (found,) = fetch(
        "SELECT EXISTS (SELECT FROM {staged}, unnest(%(places)s::int[]) place"
        " WHERE problem = '' AND cells[place] ~ %(pattern)s)",
        {"places": list(places), "pattern": WITH_A_POINT},
    )
    return bool(found)


def _undecided() -> str:
    line, sent = fetch(
        "SELECT line, sent FROM {table} WHERE shape IN ('comma?', 'point?') ORDER BY line LIMIT 1",
        table=TABLE,
    )
    return _("In line %(line)s, “%(value)s” can be read with decimals or with thousands.") % {
        "line": line,
        "value": sent,
    }


def _apply(decimal: str, *, strict: bool) -> None:
    """Give each cell its value. `strict`: the decimal sign was said, and no cell has another."""
    execute(
        "UPDATE {table} SET own = CASE WHEN NOT %(strict)s AND shape = 'point' THEN '.'"
        " WHEN NOT %(strict)s AND shape = 'comma' THEN ',' ELSE %(decimal)s END"
        " WHERE shape <> 'arabic';"
        "UPDATE {table} SET number = CASE"
        " WHEN own = '.' AND number ~ '^[0-9]{{1,3}}(,[0-9]{{3}})*([.][0-9]+)?$'"
        "  OR own = '.' AND number ~ '^[0-9]+([.][0-9]+)?$' THEN replace(number, ',', '')"
        " WHEN own = ',' AND number ~ '^[0-9]{{1,3}}([.][0-9]{{3}})*(,[0-9]+)?$'"
        "  OR own = ',' AND number ~ '^[0-9]+(,[0-9]+)?$'"
        "  THEN replace(replace(number, '.', ''), ',', '.') END WHERE shape <> 'arabic';"
        "UPDATE {table} SET value = minus || number WHERE minus IN ('', '-') AND number IS NOT NULL"
        " AND shape IS NOT NULL AND (sign = '' OR money AND %(signs)s::jsonb ? upper(sign))",
        {"strict": strict, "decimal": decimal, "signs": json.dumps(CODES_BY_SIGN)},
        table=TABLE,
    )


def reject_other_currencies(*, columns: Sequence[str], typed: sql.Identifier) -> None:
    """Reject amounts with a sign of another currency than the row has."""
    if fetch("SELECT to_regclass('pg_temp.import_numbers')") == (None,):
        return
    execute(
        "INSERT INTO {rejects} SELECT line, (%(columns)s::text[])[place], sent, 'currency_sign',"
        " rows.currency FROM {table} numbers JOIN {typed} rows USING (line)"
        " WHERE value IS NOT NULL AND sign <> ''"
        " AND NOT (%(signs)s::jsonb -> upper(sign)) ? rows.currency",
        {"columns": list(columns), "signs": json.dumps(CODES_BY_SIGN)},
        table=TABLE,
        typed=typed,
    )


def _assumed(options: ImportOptions) -> list[str]:
    found = fetch(
        "SELECT sent, value FROM {table} WHERE own = ',' AND value ~ '[.]' ORDER BY line LIMIT 1",
        table=TABLE,
    )
    if not found or options.decimal:
        return []
    return [_("Decimal comma: “%(sent)s” is %(value)s.") % {"sent": found[0], "value": found[1]}]
