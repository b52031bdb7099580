"""Why a row was not taken, in plain words and in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

REASONS = {
    "bytes": _("Some bytes of this cell are not text in the encoding of the file."),
    "nul": _("The cell contains a NUL character."),
    "too_large": _("The cell is larger than 64 KiB."),
    "quote": _("The quotation marks of this row do not fit together."),
    "line_end": _("There is a line end inside this row that is not in quotation marks."),
    "cells": _("The row has another number of cells than the header (%(detail)s)."),
    "nameless": _("There is a value in a column without a name."),
    "unread": _("This cell could not be read, and has not been mended yet: write it anew."),
    "error": _("This cell is an error of a spreadsheet."),
    "formula": _(
        "This cell is a formula without a value. Open the file in Excel and save it there."
    ),
    "merged": _("This cell is merged with others. Unmerge them, and write the value in each."),
    "digits": _("This number has more digits than a spreadsheet keeps. Format the cell as text."),
    "shortened": _("A spreadsheet has shortened this number. Write all of its digits."),
    "required": _("This must not be empty."),
    "too_long": _("This is longer than %(detail)s characters."),
    "email": _("This is not an e-mail address."),
    "date": _("This is not a date like 2026-01-31, between 1900 and 2199."),
    "amount": _("This is not an amount like 1234.50 (at most 14 digits and 4 decimals)."),
    "comma": _(
        "The comma in this number does not fit. Write it like 1234.50, or choose the comma as"
        " the decimal sign."
    ),
    "currency_sign": _("The amount is of another currency than the row, which is in %(detail)s."),
    "two_accounts": _("There are two accounts of this name."),
    "negative": _("An amount must not be negative."),
    "too_much": _("This must be below %(detail)s."),
    "too_much_a_month": _(
        "Amount × quantity per month, in the reporting currency, must be below %(detail)s."
    ),
    "too_much_in_all": _("Amount × rate, in the reporting currency, must be below %(detail)s."),
    "attributes": _("The attributes of a row are at most 64 KiB in all."),
    "month": _("This is not a date like 2026-01-31, between 1900 and 2199."),
    "moment": _("This is not a time like 2026-01-31T14:05:00+01:00."),
    "number": _("This is not a number like -1234.5 (at most 14 digits and 6 decimals)."),
    "rate": _("This is not a rate like 0.2345 above 0 (at most 9 digits and 10 decimals)."),
    "count": _("This is not a whole number in the range %(detail)s."),
    "json": _("This is not a JSON object."),
    "truth": _("This is neither true nor false."),
    "currency": _("This is not a currency code like EUR."),
    "choice": _("This is none of: %(detail)s."),
    "repeated": _("The same row stands in line %(detail)s already."),
    "inner_id": _("An external id must not begin with “id:”: inner ids are addressed so."),
    "read_only": _("This is the id of another row, or of none."),
    "unknown": _("There is no such row among the %(detail)s."),
    "type": _("This must be of another type: %(detail)s."),
    "column": _("There is no such column."),
    "circle": _("An account cannot be below itself."),
    "kind_differs": _("The survey is of another kind: %(detail)s."),
    "own_currency": _("The reporting currency is always worth 1 of itself."),
    "scale": _("The score is not on the scale of this kind: %(detail)s."),
    "other_account": _("The contact belongs to another account."),
    "own_parent": _("An account cannot be its own parent."),
    "before_start": _("The end is before the start."),
    "key": _("A key is of small letters, digits and _."),
    "taken": _("The product itself has a metric of this key."),
    "of_events": _("Of events there is a number and different people."),
    "segment": _("A segment is written column:value, the column one of: %(detail)s."),
    "no_metric": _("There is no such metric."),
    "no_variant": _("The metric has no such variant."),
    "no_status": _("A change of status must say which one."),
    "before_pause": _("The pause ends without having begun, or before it begins."),
    "over_100": _("A discount is at most 100 %%."),
    "not_positive": _("This must be at least 1."),
    "no_rate": _("There is no exchange rate of this currency by that day. Import the rates first."),
}


@dataclass(frozen=True, kw_only=True)
class Reject:
    """One thing that is wrong with one row."""

    line: int
    column: str
    value: str
    code: str
    detail: str
    cells: tuple[str, ...]

    @property
    def reason(self) -> str:
        return gettext(REASONS[self.code]) % {"detail": self.detail}
