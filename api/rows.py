"""What the desk shows, in one language: rows, briefings, the copilot."""

from typing import Any

from api.schemas import (
    AgentOut,
    CopilotClause,
    CopilotIntent,
    CopilotOut,
    DeskRow,
    OpenQuestion,
    RowBuyer,
    Suggestion,
    TextOut,
)
from assistant.conversation import BuyerMessage, Conversation, DecisionMade, Event, HandoffMade, StaffMessage
from assistant.copilot.assist import Assist
from assistant.replies.cards import CLAIM_TITLES, decision_card
from assistant.replies.templates import step_label
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import conversations
from assistant.store.conversations import Tx
from assistant.understanding.tree import intent_title
from knowledge.text import Language

EXCERPT = 120


async def row_of(services: Services, tx: Tx, scope: Scope, conversation: Conversation) -> DeskRow:
    """A conversation as a row of the desk's list."""
    buyer = await services.platform.buyer(scope, conversation.buyer_id)
    log = await conversations.log(tx, scope, conversation.id, max(0, conversation.last_seq - 12))
    handover = conversation.handover
    return DeskRow(
        id=conversation.id,
        buyer=RowBuyer(
            id=conversation.buyer_id, name=buyer.name if buyer else "", credit_tier=buyer.credit_tier if buyer else 1
        ),
        owner=conversation.owner, language=conversation.language, waiting_since=conversation.queued_at,
        priority=handover.priority if handover else 5, queue=handover.queue if handover else "general",
        skills=list(handover.skills) if handover else [],
        reason=TextOut(zh=handover.reason.zh, en=handover.reason.en) if handover else None,
        mood=_mood(log), last_text=_last_words(log), last_at=conversation.updated_at,
        agent=AgentOut(name=conversation.agent.name, id=conversation.agent.id) if conversation.agent else None,
    )


def briefing_out(services: Services, log: list[Event], language: Language) -> dict[str, Any] | None:
    """The last handover's briefing, in words."""
    handed = next((e.payload for e in reversed(log) if isinstance(e.payload, HandoffMade)), None)
    if handed is None:
        return None
    brief: dict[str, Any] = dict(handed.briefing)
    catalog = services.mind.book.catalog
    decided = next((e.payload for e in reversed(log) if isinstance(e.payload, DecisionMade)), None)
    told = {name: value for name, value in (brief.get("facts") or {}).items() if name in catalog.names}
    facts = [
        {"label": fact.label.in_(language), "value": catalog.describe(fact.name, value, language), "source": "buyer"}
        for fact, value in ((catalog.fact(name), value) for name, value in told.items())
    ]
    claim = CLAIM_TITLES.get(str(brief.get("claim")))
    item = brief.get("item")
    summary = " · ".join([*([claim.in_(language)] if claim else []), *([item[language]] if item else [])])
    shown = decision_card(decided.decision, catalog, language) if decided and brief.get("has_decision") else None
    return {
        "asked": brief.get("asked", ""), "facts": facts, "decision": shown, "done": brief.get("done", []),
        "mood": brief.get("mood", "calm"), "rule": handed.handover.reason.in_(language),
        "summary": summary, "language": brief.get("language", "zh"),
    }


def copilot_out(services: Services, seen: Assist, language: Language) -> CopilotOut:
    """The copilot's view; titles in the agent's language, the suggestion in the buyer's."""
    catalog = services.mind.book.catalog
    suggestion = seen.suggestion
    return CopilotOut(
        intents=[
            CopilotIntent(name=i.name, title=intent_title(i.name).in_(language), probability=round(i.probability, 3))
            for i in seen.intents
        ],
        clauses=[
            CopilotClause(
                clause=h.clause.id, title=h.clause.title.in_(language), excerpt=h.clause.text.in_(language)[:EXCERPT],
                score=round(h.score, 3),
            )
            for h in seen.hits
        ],
        entitlement=decision_card(seen.decision, catalog, language) if seen.decision else None,
        open_questions=[OpenQuestion(fact=q.fact, question=q.question) for q in seen.open_questions],
        suggestion=Suggestion(
            text=suggestion.text,
            citations=[{"n": c.n, "clause": c.clause, "title": c.title} for c in suggestion.citations],
        ) if suggestion else None,
        next_step=step_label(seen.next_step, language),
    )


def _mood(log: list[Event]) -> str:
    moods = (e.payload.mood for e in reversed(log) if e.payload.kind == "reading_made")
    return next(moods, "calm")


def _last_words(log: list[Event]) -> str:
    said = (e.payload.text for e in reversed(log) if isinstance(e.payload, BuyerMessage | StaffMessage))
    return next(said, "")[:EXCERPT]
