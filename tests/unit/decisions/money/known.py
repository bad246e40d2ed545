"""Facts of one item in an order of its own, for the tests of money."""

from datetime import datetime
from typing import Any

from assistant.decisions.book import default_book
from assistant.decisions.derived import complete
from assistant.decisions.facts import NestedFacts

NOW = datetime.fromisoformat("2026-06-16T12:00:00+08:00")


def facts(**given: Any) -> NestedFacts:
    """Facts by name: `paid_fen` is the item's, `order_paid_fen` the order's, `claim_quantity` the claim's."""
    spaces: dict[str, dict[str, Any]] = {"order": {}, "claim": {}, "item": {}}
    for name, value in given.items():
        space, _, key = name.partition("_")
        space, key = (space, key) if space in ("order", "claim") else ("item", name)
        spaces[space][key] = value
    spaces["order"].setdefault("paid_fen", spaces["item"]["paid_fen"] + spaces["order"].get("freight_fen", 0))
    return complete(default_book().catalog, spaces, NOW)
