"""The public jury: who sits on a panel, and what its votes come to."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assistant.cases.case import Side


def by_lot(candidates: Iterable[str], seed: str) -> list[str]:
    """Everybody once, in the order of the draw.

    The lot is SHA-256 over `seed` (the case and the entry of its record that asks for the panel) and the person's id,
    so anyone can draw again and see that the panel was not picked.
    """
    return sorted(set(candidates), key=lambda person: (_lot(seed, person), person))


def seated(drawn: Sequence[str]) -> tuple[str, ...]:
    """The panel: an even number of people loses its last, so that a full panel can't tie."""
    return tuple(drawn if len(drawn) % 2 else drawn[:-1])


def verdict(votes: Mapping[str, Side], quorum: int) -> Side | None:
    """The side that most votes are for; None when there are too few, or as many for the one as for the other."""
    count = Counter(votes.values())
    buyer, merchant = count["buyer"], count["merchant"]
    if buyer + merchant < quorum or buyer == merchant:
        return None
    return "buyer" if buyer > merchant else "merchant"


def _lot(seed: str, person: str) -> str:
    return hashlib.sha256(f"{seed}\n{person}".encode()).hexdigest()
