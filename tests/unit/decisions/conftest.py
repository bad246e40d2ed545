"""What the tests of decisions share: a moment, a delivered order, and books written on the spot."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from assistant.clock import SHANGHAI
from assistant.decisions.book import RuleBook, default_book, load_book

NOW = datetime(2026, 6, 16, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def now() -> datetime:
    """A Tuesday noon in Shanghai."""
    return NOW


@pytest.fixture(scope="session")
def book() -> RuleBook:
    """The shipped rules."""
    return default_book()


@pytest.fixture
def delivered() -> Callable[..., dict[str, dict[str, Any]]]:
    """Facts of an order delivered some days ago, with claim facts and others on top by full name."""

    def build(kind: str = "return", days_ago: int = 3, **changes: Any) -> dict[str, dict[str, Any]]:
        facts: dict[str, dict[str, Any]] = {
            "claim": {"kind": kind},
            "order": {
                "state": "delivered", "created_at": NOW - timedelta(days=days_ago + 2),
                "delivered_at": NOW - timedelta(days=days_ago), "paid_fen": 20900, "freight_fen": 1000,
            },
            "item": {"paid_fen": 19900, "category": "home", "quantity": 1},
        }
        for name, value in changes.items():
            space, _, key = name.partition("__")
            facts.setdefault(space, {})[key] = value
        return facts

    return build


@pytest.fixture
def write_book(tmp_path: Path) -> Callable[..., RuleBook]:
    """Writes YAML to a file and loads it as a book."""

    def write(text: str, **options: Any) -> RuleBook:
        path = tmp_path / "rules.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load_book(path, **options)

    return write
