"""Money in words and from words, the one place that knows how many minor units make one of a currency.

Everywhere else an amount is a whole number of its currency's smallest unit, called `fen` whatever the currency: the fen
of the yuan, the cent of the euro, the yen itself.
"""

from decimal import Decimal, InvalidOperation

_SIGNS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "JPY": "JP¥", "KRW": "₩"}
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_USUAL_DIGITS = 2


def digits_of(currency: str) -> int:
    """How many decimals a currency has (ISO 4217): 2 for the yuan, 0 for the yen, 3 for the Kuwaiti dinar."""
    return _DIGITS.get(currency, _USUAL_DIGITS)


def plain(fen: int, currency: str = "CNY") -> str:
    """The figure alone, without sign or separators: `1299.00` for 129900 fen, `1299` for 1299 yen."""
    digits = digits_of(currency)
    whole, rest = divmod(abs(fen), 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def money(fen: int, currency: str = "CNY") -> str:
    """An amount for people: `¥1,299.00`, `-€5.00`, `JP¥1,299`; a currency without a sign of its own by its code."""
    whole, point, rest = plain(fen, currency).partition(".")
    sign = "-" if fen < 0 else ""
    return f"{sign}{_SIGNS.get(currency, currency + ' ')}{int(whole):,}{point}{rest}"


def fen_of(value: object, currency: str = "CNY") -> int:
    """Whole minor units of an amount as people write it in files: `199`, `199.5` or `"199.00"`.

    Raises:
        ValueError: not a number, negative, or finer than the currency's smallest unit.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("an amount is a number such as 199.00")
    try:
        fen = Decimal(str(value)) * 10 ** digits_of(currency)
        whole = int(fen)
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(f"{value!r} is not an amount such as 199.00") from None
    if fen != whole or fen < 0:
        raise ValueError(f"{value!r} is negative, or finer than the smallest unit of {currency}")
    return whole
