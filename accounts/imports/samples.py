"""Whether values could be in a column: not whether they are right, whether they can be meant."""

import re
from collections.abc import Callable, Mapping, Sequence

from accounts.imports.records import Column, Type
from accounts.imports.values.cells import DIGITS
from accounts.imports.values.words import TRUTH

NOTHING = {"-", "—", "–", "n/a", "na", "null", "none", "?", "brak"}
TO_ASCII = str.maketrans(DIGITS, "0123456789" * 2)
DATE = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ,].*)?"
    r"|(19|20)\d{6}"
    r"|\d{1,2}[-./ ]+[^\d\s]{3,12}[-./, ]+\d{2,4}([ ,].*)?"
    r"|([^\d\s]{3,9},? )?[^\d\s]{3,12}[. ]+\d{1,2}(st|nd|rd|th)?,? +\d{4}([ ,].*)?"
)
EMAIL = re.compile(r"(mailto:)?[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+", re.IGNORECASE)
COUNT = re.compile(r"\d[\d\s.,'’]*")
AMOUNT = re.compile(r"[^\d\s]{0,4}\s?[-−]?\d[\d\s.,'’٫٬]*\s?[^\d\s]{0,4}")
CURRENCY = re.compile(r"[A-Za-z]{3}")
DOMAIN = re.compile(r"\S+\.\S+")
LETTERS = re.compile(r"(?=.*[^\W\d_])[^@]*")
NO_DIGITS = re.compile(r"(?=.*[^\W\d_])[^@\d]*")
YES_OR_NO = {word for words in TRUTH.values() for word in words}
# Names of things that may be a key as well as a name.
THINGS = {"account", "customer", "client", "company", "organization", "organisation", "konto",
          "klient", "firma", "contact", "person", "requester", "respondent"}  # fmt: skip

Check = Callable[[str], object]
OF_TYPE: Mapping[Type, Check] = {
    Type.DATE: DATE.fullmatch,
    Type.MONTH: lambda value: DATE.fullmatch(value) or re.fullmatch(r"\d{4}-\d{2}", value),
    Type.MOMENT: DATE.fullmatch,
    Type.EMAIL: EMAIL.fullmatch,
    Type.COUNT: COUNT.fullmatch,
    Type.AMOUNT: AMOUNT.fullmatch,
    Type.NUMBER: AMOUNT.fullmatch,
    Type.RATE: AMOUNT.fullmatch,
    Type.TRUTH: lambda value: value.lower() in YES_OR_NO,
    Type.CURRENCY: CURRENCY.fullmatch,
    Type.COUNTRY: NO_DIGITS.fullmatch,
    Type.JSON: lambda value: value.startswith("{"),
}
WITH_SLIPS = {Type.DATE, Type.MONTH, Type.MOMENT, Type.COUNT, Type.AMOUNT, Type.NUMBER, Type.RATE}
OF_NAME: Mapping[str, Check] = {
    "language": NO_DIGITS.fullmatch,
    "industry": LETTERS.fullmatch,
    "region": LETTERS.fullmatch,
    "stage": LETTERS.fullmatch,
    "role": LETTERS.fullmatch,
    "churn_reason": LETTERS.fullmatch,
    "domain": DOMAIN.fullmatch,
    "owner_name": lambda value: re.search(r"[^\W\d_]", value),
}


def fits(*, column: Column, header: Sequence[str], values: Sequence[str]) -> bool:
    """Whether the values of a column with this header could be meant for one of ours.

    Of numbers and days half of them are enough: what has slips in it is still what it is called.
    """
    result = [one.strip().translate(TO_ASCII) for one in values]
    result = [one for one in result if one and one.lower() not in NOTHING]
    if column.name == "owner_name" and "name" not in header and all(map(EMAIL.fullmatch, result)):
        return False  # nothing but addresses, or nothing to tell by
    check = _check(column, header)
    fitting = sum(bool(check(one)) for one in result)
    return fitting == len(result) or (column.type in WITH_SLIPS and fitting * 2 >= len(result))


def _check(column: Column, header: Sequence[str]) -> Check:
    if column.choices:
        return LETTERS.fullmatch
    if column.type in OF_TYPE:
        return OF_TYPE[column.type]
    if _is_key(column) and len(header) == 1 and header[0] in THINGS:
        return lambda value: " " not in value
    if _is_key(column):
        return lambda value: not EMAIL.fullmatch(value) or "email" in header
    return OF_NAME.get(column.name, bool)


def _is_key(column: Column) -> bool:
    return column.references is not None or column.name == "external_id"
