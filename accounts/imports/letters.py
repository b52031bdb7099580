"""How likely a text is as the text of some language: by its letters, and what stands beside them.

It tells apart encodings of one byte to a letter. In each of them nearly every byte is some letter,
but few of the words so made could be anybody's: “Cittŕ” has no vowel beside its ŕ.
"""

import re
from itertools import pairwise

# Letters beyond ASCII, by the languages that an encoding is used for.
CENTRAL = {
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíľňóôšťúýž",
    "hu": "áéíóöőúüű",
    "hr": "čćđšž",
    "ro": "ăâîşţ",
    "de": "äöüß",
}
WESTERN = {
    "fr": "àâæçéèêëîïôœùûü",
    "es": "áéíñóúüºª",
    "pt": "àáâãçéêíóôõúºª",
    "it": "àèéìíòóùú",
    "de": "äöüß",
    "sv": "åäöé",
    "da": "åæøé",
    "nl": "éëïöü",
}
ARABIC = {
    "ar": "".join(map(chr, range(0x621, 0x653))) + "پچژگکی،؛؟\u200c",
    "fr": WESTERN["fr"],
}
LANGUAGES = {
    "windows-1250": CENTRAL,
    "windows-1252": WESTERN,
    "iso-8859-1": WESTERN,
    "windows-1256": ARABIC,
}
# What hardly occurs in the languages that have these letters.
UNLIKELY = re.compile(
    "[ąę][aeiouyóąę]|[ńćśź][aeouyóąę]|^[ąęńů]|[ăâ]o|ţ[bdgkmnp]"
    "|ñ(?![aeiouáéíóúü])|õ(?!e)|ã(?![oes]|$)|œ(?![cdinsu])|œæ|iê"
    "|[àèìòùæøå][aeiouyáéíóú]|[aeiouyáéíóú][àèìòøåæ]"
    "|ď[bcfgklmnprstvz]|[áéíóúýěů][áéíóúýěů]|^[\u0621-\u0647\u0649\u064a]$|[ÿþð]|[a-z][\u0600-\u06ff]|[\u0600-\u06ff][a-z]"
)
# Consonants have a vowel beside them, or a liquid.
LONELY = re.compile(
    "(?<![aeiouyáäâăéěęąíîóôöőúůüűýrl])[ŕčďĺćřňńľťđ](?![aeiouyáäâăéěęąíîóôöőúůüűýrl])"
)
WORD = re.compile(r"[^\s!-/:-@\[-`{-~“”„’‘–—…«»€©®™•\xa0]+")
NOT_A_LETTER, RARE = -0.5, 0.4


def likelihood(text: str, encoding: str) -> float:
    """How well the words of a text fit the languages of an encoding; 1 is entirely."""
    words = {word for word in WORD.findall(text) if not word.isascii()}
    letters = sum(_beyond(word) for word in words)
    if not letters:
        return 1.0
    found = [[_fit(word, alphabet) for word in words] for alphabet in LANGUAGES[encoding].values()]
    one_language = max(map(sum, found))
    many_languages = sum(map(max, zip(*found, strict=True)))
    return float(round((one_language + many_languages) / 2 / letters, 2))


def _beyond(word: str) -> int:
    return sum(not letter.isascii() for letter in word)


def _fit(word: str, alphabet: str) -> float:
    """The letters of a word beyond ASCII that belong to a language, less what is unlikely."""
    low = word.lower()
    fit = sum(_weight(letter, alphabet) for letter in low if not letter.isascii())
    unlikely = len(UNLIKELY.findall(low)) + len(LONELY.findall(low))
    return fit - RARE * (unlikely + _case_changes(word))


def _weight(letter: str, alphabet: str) -> float:
    if letter in alphabet:
        return 1.0
    return 0.0 if letter.isalpha() else NOT_A_LETTER


def _case_changes(word: str) -> int:
    return sum(a.islower() and b.isupper() for a, b in pairwise(word))
