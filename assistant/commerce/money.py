"""Money as people write it in files: yuan."""

from decimal import Decimal, InvalidOperation

FEN_PER_YUAN = 100


def fen_of_yuan(value: object) -> int:
    """Whole fen of an amount in yuan such as `199`, `199.5` or `"199.00"`.

    Raises:
        ValueError: not a number, negative, or finer than one fen.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("an amount in yuan is a number such as 199.00")
    try:
        fen = Decimal(str(value)) * FEN_PER_YUAN
        whole = int(fen)
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(f"{value!r} is not an amount in yuan such as 199.00") from None
    if fen != whole or fen < 0:
        raise ValueError(f"{value!r} yuan is negative or finer than one fen")
    return whole
