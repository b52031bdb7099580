"""Countries: every name and code that people write for one, and the one code that is stored.

The names are Babel's, in the languages of the pages and the other major ones; a text that is none
of them, or that several countries are called, is nobody's code and stays as it is.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache

from babel import Locale
from babel.core import get_global

from tenants import formats

Named = Iterable[tuple[str, str]]  # spellings with the codes that they stand for

# Of the two-letter codes that Babel names, those that are no country's in ISO 3166-1: unions,
# parts of countries, places that are left for tests.
NO_COUNTRIES = {
    *("AC", "CP", "CQ", "DG", "EA", "IC", "TA"),
    *("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"),
}
OURS = ("en", "ar", "fa", "pl")
OTHERS = (
    *("de", "fr", "es", "pt", "it", "nl", "ru", "uk", "cs", "sk", "hu", "ro", "bg", "hr", "sr"),
    *("sl", "tr", "el", "sv", "da", "nb", "fi", "et", "lv", "lt", "he", "hi", "ja", "ko"),
    *("zh", "zh_Hant", "id", "vi", "th"),
)
# What Babel does not have: what people say for short, what countries were called, and how official
# lists put them.
ALIASES = {
    "AE": ("UAE", "U.A.E.", "Emirates", "الامارات", "امارات"),
    "BA": ("Bosnia", "Bośnia"),
    "BN": ("Brunei Darussalam",),
    "BO": ("Bolivia, Plurinational State of", "Plurinational State of Bolivia"),
    "CD": (
        *("DR Congo", "DRC", "Democratic Republic of the Congo"),
        *("Congo, Democratic Republic of the", "Congo, The Democratic Republic of the"),
    ),
    "CG": ("Republic of the Congo", "Congo, Republic of the"),
    "CI": ("Ivory Coast", "Wybrzeże Kości Słoniowej"),
    "CN": ("People's Republic of China", "PRC", "Mainland China"),
    "CV": ("Cabo Verde", "Cape Verde"),
    "CZ": ("Czech Republic", "Czech Rep.", "Republika Czeska", "جمهوری چک", "جمهورية التشيك"),
    "DE": ("Federal Republic of Germany", "BRD"),
    "FM": ("Federated States of Micronesia", "Micronesia, Federated States of"),
    "GB": (
        *("U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
        *("United Kingdom of Great Britain and Northern Ireland", "Anglia", "Szkocja", "Walia"),
        *("Großbritannien", "Grande-Bretagne", "Gran Bretaña", "Gran Bretagna", "Англия"),
        *("Zjednoczone Królestwo", "انگلستان", "انگلیس", "بريطانيا", "إنجلترا"),
    ),
    "GR": ("EL", "Hellas"),
    "HK": ("Hong Kong", "Hongkong", "هنگ کنگ", "هونغ كونغ"),
    "IE": ("Republic of Ireland", "Eire"),
    "IR": ("Iran, Islamic Republic of", "Islamic Republic of Iran", "جمهوری اسلامی ایران"),
    "KG": ("Kyrgyz Republic",),
    "KP": (
        *("Korea, Democratic People's Republic of", "Democratic People's Republic of Korea"),
        "DPRK",
    ),
    "KR": ("Republic of Korea", "Korea, Republic of", "Korea, South", "Republika Korei", "한국"),
    "LA": ("Lao People's Democratic Republic", "Lao PDR"),
    "MD": ("Moldova, Republic of", "Republic of Moldova"),
    "MK": ("Macedonia", "FYROM", "Macedonia, The Former Yugoslav Republic of", "Macedonia, North"),
    "MM": ("Burma", "Birma", "برمه", "بورما"),
    "MO": ("Macao", "Macau", "Makau"),
    "NL": ("Holland", "The Netherlands", "Holanda", "Hollande", "Królestwo Niderlandów"),
    "PS": ("Palestine", "Palestine, State of", "State of Palestine", "Palestyna", "فلسطين"),
    "RO": ("ROM",),
    "RU": ("Russian Federation", "Federacja Rosyjska", "روسيا الاتحادية"),
    "SA": ("KSA", "السعودية"),
    "SK": ("Slovak Republic", "Republika Słowacka"),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turkiye", "Republic of Turkey"),
    "TW": ("Taiwan, Province of China", "Republic of China", "Taiwan, Republic of China"),
    "TZ": ("Tanzania, United Republic of", "United Republic of Tanzania"),
    "US": (
        *("U.S.", "U.S.A.", "United States of America", "America", "The States"),
        *("Stany Zjednoczone Ameryki", "Ameryka", "آمریکا", "ایالات متحده آمریکا", "امريكا"),
        *("الولايات المتحدة الأمريكية", "США", "EE.UU.", "EEUU", "EUA", "アメリカ", "米国"),
    ),
    "VA": ("Vatican", "Vatican City State", "Holy See", "Holy See (Vatican City State)"),
    "VE": ("Venezuela, Bolivarian Republic of", "Bolivarian Republic of Venezuela"),
    "VG": ("Virgin Islands, British",),
    "VI": ("Virgin Islands, U.S.",),
    "VN": ("Viet Nam",),
    "XK": ("XKX",),
}
# One letter of several keyboards or alphabets, and letters that do not come apart into a plain
# one and its mark.
LETTERS = str.maketrans({**dict(zip("يىكةھہ", "ییکههه", strict=True)), "ł": "l", "ø": "o", "đ": "d",
                         "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ـ": ""})  # fmt: skip
WORDS = {"and": "", "the": "", "saint": "st"}
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u00ad’'"
SHORTEST = 4  # letters of a plain name


def code_of(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country by any name or code; else the text as it is."""
    upper = text.strip().upper()
    if upper in codes():
        return codes()[upper]
    wanted = _folded(text)
    return _ours().get(wanted) or _all().get(wanted) or text


def name_of(text: str) -> str:
    """What the reader's language calls the country with this code; else the text as it is."""
    return str(formats.locale().territories[text]) if text in _countries() else text


@cache
def codes() -> dict[str, str]:
    """Every alpha-2 and alpha-3 code with the alpha-2 code of its country."""
    further = {
        code: targets[0]
        for code, targets in get_global("territory_aliases").items()
        if len(targets) == 1 and targets[0] in _countries() and (len(code) == 3 or code == "UK")
    }
    alpha3 = {code: target for code, target in further.items() if code.isalpha()}
    return alpha3 | {code: code for code in _countries()}


@cache
def _countries() -> frozenset[str]:
    known = map(str, Locale.parse("en").territories)
    return frozenset(one for one in known if len(one) == 2 and one.isalpha()) - NO_COUNTRIES


@cache
def _ours() -> dict[str, str]:
    """Names in the languages of the pages and what else is said there, by their spelling."""
    aliases = ((name, code) for code, names in ALIASES.items() for name in names)
    return _by_spelling([*_names(OURS), *aliases])


@cache
def _all() -> dict[str, str]:
    """The same in all languages: loaded for the first text that ours do not know.

    Ours are not overruled by others, nor whole names by what precedes a bracket.
    """
    whole = [*_names((*OURS, *OTHERS))]
    short = [(name.partition("(")[0], code) for name, code in whole if "(" in name]
    return _by_spelling(short) | _by_spelling(whole) | _ours()


def _names(languages: Iterable[str]) -> Named:
    """What the languages call each country; a plain name of few letters may as well be a code."""
    for language in languages:
        for code, name in Locale.parse(language).territories.items():
            if code in _countries() and not (name.isascii() and len(name) < SHORTEST):
                yield name, code


def _by_spelling(named: Named) -> dict[str, str]:
    """The code of each folded spelling; an empty one where it stands for several countries."""
    found: dict[str, str] = {}
    for name, code in named:
        spelling = _folded(name)
        found[spelling] = code if found.get(spelling, code) == code else ""
    found.pop("", None)
    return found


def _folded(text: str) -> str:
    """The text without letter case, accents, signs and articles, in one form of its letters.

    What would be as short as a code keeps its accents.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    letters = (one for one in plain if not unicodedata.combining(one) and one not in INVISIBLE)
    words = "".join(one if _in_word(one) else " " for one in letters).split()
    folded = " ".join(word for word in (WORDS.get(one, one) for one in words) if word)
    short = folded.isascii() and len(folded) < SHORTEST and not text.isascii()
    return unicodedata.normalize("NFC", text.strip().casefold()) if short else folded


def _in_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter).startswith("M")
