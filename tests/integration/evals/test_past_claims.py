"""Past claims, kept with their facts, replayed under other rules."""

from datetime import timedelta
from typing import Any

from assistant.clock import SHANGHAI
from assistant.conversation import DecisionMade
from assistant.decisions.book import default_book, load_book
from assistant.decisions.compare import compare
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.store.database import Database
from assistant.store.decisions import past_decisions
from evals.replay import case_of, cases_of, line_of
from tests.fakes.clock import NOW
from tests.fakes.scenes import BUYER, add_events, opened

LATE: dict[str, dict[str, Any]] = {
    "claim": {"kind": "return", "reason": "changed_mind"},
    "order": {
        "state": "delivered", "created_at": NOW - timedelta(days=14), "delivered_at": NOW - timedelta(days=10),
        "paid_fen": 19900,
    },
    "item": {"category": "home", "paid_fen": 19900, "condition": "unopened"},
}


async def decided(database: Database, *facts: dict[str, dict[str, Any]]) -> list[tuple[str, Decision]]:
    """A conversation in which these claims were decided, read back from the store."""
    conversation = await opened(database)
    made = [DecisionMade(decide(default_book(), one, NOW)) for one in facts]
    await add_events(database, BUYER, conversation.id, *made)
    async with database.read() as tx:
        return [found async for found in past_decisions(tx, BUYER.tenant)]


async def test_a_stored_decision_is_replayed_as_it_was_made(database: Database) -> None:
    """Under the same rules nothing flips; under a longer window the late return does, by its refund."""
    kept = await decided(database, LATE)
    cases = list(cases_of(kept, default_book().catalog))
    assert len(cases) == 1
    assert compare(default_book(), default_book(), cases).flips == ()
    longer = compare(default_book(), load_book(parameters={"no_reason_days": 15}), cases)
    assert (longer.total.flips, longer.total.fen) == (1, 19900)


async def test_cases_come_back_from_their_lines(database: Database) -> None:
    """A case written as a line and read again is decided the same, at the same moment."""
    [case] = cases_of(await decided(database, LATE), default_book().catalog)
    again = case_of(line_of(case), "1", SHANGHAI, NOW + timedelta(days=90))
    assert (again.id, again.now) == (case.id, case.now)
    old, new = (decide(default_book(), one.facts, one.now) for one in (case, again))
    assert (old.outcome, old.rule, old.counterfactuals) == (new.outcome, new.rule, new.counterfactuals)


async def test_a_claim_counts_once_and_only_when_it_was_decided(database: Database) -> None:
    """Turns that only asked, and turns on the same facts, add no case."""
    asking = {**LATE, "item": {"category": "home", "paid_fen": 19900},
              "order": {**LATE["order"], "delivered_at": NOW - timedelta(days=1)}}
    kept = await decided(database, asking, LATE, LATE)
    assert [decision.outcome for _, decision in kept] == ["ask", "refuse", "refuse"]
    assert len(list(cases_of(kept, default_book().catalog))) == 1


async def test_another_tenant_has_other_cases(database: Database) -> None:
    """No platform replays the claims of another one's buyers."""
    await decided(database, LATE)
    async with database.read() as tx:
        assert [found async for found in past_decisions(tx, "somebody-else")] == []
        later = NOW + timedelta(days=1)
        assert [found async for found in past_decisions(tx, BUYER.tenant, since=later)] == []
