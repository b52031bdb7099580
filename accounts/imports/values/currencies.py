"""Signs of currencies, each with the codes that it may stand for."""

from babel.numbers import get_currency_symbol, list_currencies

# Signs that several currencies share.
SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "BRL"),
    "US$": ("USD",),
    "£": ("GBP", "EGP", "LBP", "SYP"),
    "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"),
    "KR": ("SEK", "NOK", "DKK", "ISK"),
    "KR.": ("DKK", "ISK"),
    "FR.": ("CHF",),
    "SFR.": ("CHF",),
    "KČ": ("CZK",),
    "FT": ("HUF",),
    "LEI": ("RON", "MDL"),
    "ZŁ": ("PLN",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₹": ("INR",),
    "﷼": ("IRR", "SAR", "OMR", "QAR", "YER"),
    "ریال": ("IRR",),
    "ر.س": ("SAR",),
    "د.إ": ("AED",),
    "R$": ("BRL",),
}


def _codes_by_sign() -> dict[str, list[str]]:
    """Every code for itself, the signs of each currency in our languages, the shared ones."""
    found: dict[str, set[str]] = {sign: set(codes) for sign, codes in SHARED.items()}
    for code in list_currencies():
        for sign in {code, *(get_currency_symbol(code, one) for one in ("en", "pl", "fa", "ar"))}:
            sign = sign.strip("\u200e\u200f\u061c").replace("\u00a0", "").upper()
            found.setdefault(sign, set()).add(code)
    return {sign: sorted(codes) for sign, codes in found.items()}


CODES_BY_SIGN = _codes_by_sign()
