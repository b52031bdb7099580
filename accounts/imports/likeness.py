"""Which column a header of somebody's own file means: whole words against whole words.

A header must say the same as one of a column's names; at the most a letter of a word is missing,
too much, or has changed places. Where there are sample values they must be able to be in the
column: names are no dates, and 12 is neither yes nor no.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from accounts.imports.names import labels
from accounts.imports.records import Column, Kind, Type
from accounts.imports.samples import fits

Words = tuple[str, ...]
EXACT, WITHOUT_ENTITY, MISSPELT = 0, 1, 2
SHORTEST_MISSPELT = 6
# Words that are one letter away from another, and are another.
WORDS_OF_THEIR_OWN = {"county", "contract", "contracts"}
# What such a column means must be said: taken wrongly it changes every figure.
ONLY_EXACT = ("is_test", "discount_percent", "discount_amount", "discount_ends_on")
DATES = (Type.DATE, Type.MONTH, Type.MOMENT)
OF_DATES = {"on", "at", "date", "time", "day", "dnia", "data", "datetime", "dt"}
EMPTY_WORDS = {"the", "of", "a", "an", "utc", "gmt", "iso", "your"}
SIGNS = {"%": " percent ", "٪": " percent ", "#": " number ", "ł": "l"}
ENTITIES = {
    "accounts": (
        "account accounts customer client company companies organization organisation org"
        " business firm firma firmy klient klienta konta konto kontrahent kontrahenta"
        " شرکت مشتری حساب سازمان الشركة شركة العميل عميل الحساب المؤسسة"
    ),
    "contacts": "contact person people kontakt kontaktu osoby osoba مخاطب شخص",
    "subscriptions": "subscription subskrypcji subskrypcja umowy umowa اشتراک اشتراك قرارداد",
    "purchases": "purchase order sale zakupu zakup خرید سفارش",
    "renewals": "renewal odnowienia",
    "tickets": "ticket case issue request zgłoszenia zgłoszenie تیکت تذكرة",
    "ticket_events": "event",
    "responses": "response odpowiedzi odpowiedź پاسخ",
    "activities": "activity engagement",
    "events": "event",
    "incidents": "incident outage",
}


def words_of(name: str) -> Words:
    """The words of a name, in order of the alphabet, without case and marks."""
    name = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    for sign, word in SIGNS.items():
        name = name.casefold().replace(sign, word)
    letters = unicodedata.normalize("NFKD", name).translate({0x64A: "ی", 0x643: "ک"})
    visible = "".join(one for one in letters if unicodedata.category(one) not in ("Mn", "Cf"))
    found = re.findall(r"[^\W_]+", visible)
    return tuple(sorted(one for one in found if one not in EMPTY_WORDS)) or tuple(sorted(found))


def _spellings(words: Words, column: Column) -> Words:
    """The words without those that only say that a date follows."""
    if column.type not in DATES:
        return words
    return tuple(one for one in words if one not in OF_DATES) or words


@cache
def _entity_words(kind: Kind) -> frozenset[str]:
    return frozenset(words_of(ENTITIES.get(kind.name, "")))


@cache
def _names(kind: Kind, column: Column) -> tuple[Words, ...]:
    """What a column is called, its own name first."""
    names = (column.name, *sorted(labels(kind, column)), *column.aliases)
    return tuple(dict.fromkeys(_spellings(words_of(one), column) for one in names))


@cache
def _all_names(kind: Kind) -> frozenset[Words]:
    return frozenset(name for column in kind.columns for name in _names(kind, column))


def likeness(
    *, kind: Kind, header: str, column: Column, values: Sequence[str]
) -> tuple[int, int] | None:
    """How near a header is to a column, less is nearer; None where it cannot be meant."""
    own = words_of(header)
    if not own or not fits(column=column, header=own, values=values):
        return None
    names, result = _names(kind, column), _spellings(own, column)
    if result in names:
        return EXACT, names.index(result)
    if column.name in ONLY_EXACT:
        return None
    rest = tuple(one for one in own if one not in _entity_words(kind))
    rest = _spellings(rest, column)
    if rest and len(rest) < len(own) and rest in names:
        return WITHOUT_ENTITY, names.index(rest)
    if result in _all_names(kind):
        return None
    near = (place for place, name in enumerate(names) if _misspelt(result, name))
    place = next(near, None)
    return None if place is None else (MISSPELT, place)


def _misspelt(words: Words, name: Words) -> bool:
    """Whether the words are those of the name, one of them spelt wrongly."""
    ours, theirs = [*words], [*name]
    for word in set(ours) & set(theirs):
        ours.remove(word)
        theirs.remove(word)
    return len(ours) == len(theirs) == 1 and _is_slip(ours[0], theirs[0])


def _is_slip(word: str, meant: str) -> bool:
    """Whether a letter is missing, too much, or has changed places; never another letter."""
    if min(len(word), len(meant)) < SHORTEST_MISSPELT or word in WORDS_OF_THEIR_OWN:
        return False
    if (word[0], word[-1]) != (meant[0], meant[-1]):
        return False
    if len(word) == len(meant):
        return any(
            word == meant[:n] + meant[n + 1] + meant[n] + meant[n + 2 :]
            for n in range(len(meant) - 1)
        )
    short, long = sorted((word, meant), key=len)
    return any(short == long[:n] + long[n + 1 :] for n in range(len(long)))
