"""The copilot: what the engine would do, shown quietly beside a conversation that a person holds.

It runs the same reading, search and rules as the assistant does, and changes nothing.
"""

import asyncio
from dataclasses import dataclass, replace

from assistant.conversation import BuyerMessage, Conversation, Event
from assistant.decisions.decision import Decision
from assistant.planning import planner
from assistant.planning.questions import shop_in_view
from assistant.planning.step import AnswerQuestion, AskFact, Plan, Propose, Refuse, Situation
from assistant.replies.compose import compose
from assistant.replies.reply import ProposalCard, Reply
from assistant.replies.voice import Done
from assistant.scope import Scope
from assistant.services import Services
from assistant.situation import reading_context, situation_of
from assistant.store import conversations
from assistant.turn import voice_of
from assistant.understanding.reading import IntentScore, Reading
from knowledge.search import Hit, SearchQuery
from knowledge.text import Language

CLAUSES_SHOWN = 4
WORDS_READ = 600


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A fact that the rules still need, and how to ask for it."""

    fact: str
    question: str


@dataclass(frozen=True, slots=True)
class Assist:
    """What the copilot shows. `suggestion` is a draft for the person to edit; nothing is sent by itself."""

    intents: tuple[IntentScore, ...]
    hits: tuple[Hit, ...]
    decision: Decision | None
    open_questions: tuple[OpenQuestion, ...]
    suggestion: Reply | None
    next_step: str
    language: Language


async def assist(services: Services, scope: Scope, conversation_id: str) -> Assist:
    """The copilot's view of a conversation, from the buyer's words since anyone last answered them.

    Raises:
        NotFound: the scope may not see the conversation.
    """
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, scope, conversation_id)
        log = await conversations.log(tx, scope, conversation_id)
    buyer = Scope(scope.tenant, "buyer", conversation.buyer_id)
    situation = await situation_of(services, buyer, _as_if_open(conversation))
    text = latest_words(log)
    reading = await services.reader.read(text, reading_context(situation))
    situation = replace(situation, language=reading.language)
    return await asyncio.to_thread(_think, services, reading, situation)


def _think(services: Services, reading: Reading, situation: Situation) -> Assist:
    plan = planner.plan(reading, situation, services.mind)
    hits = services.knowledge.search(_query(services, reading, situation), CLAUSES_SHOWN)
    return Assist(
        reading.intents, tuple(hits), plan.decision, _open_questions(plan, services, reading.language),
        _suggestion(plan, services, situation), type(plan.step).__name__, reading.language,
    )


def _query(services: Services, reading: Reading, situation: Situation) -> SearchQuery:
    return SearchQuery(
        reading.text, services.today(), reading.language, services.tenant, audience="agent",
        shop=shop_in_view(situation),
    )


def _suggestion(plan: Plan, services: Services, situation: Situation) -> Reply | None:
    """The words for the step, where they make sense from a person: never a hand-over, never "not covered"."""
    step = plan.step
    if isinstance(step, Propose):
        card = ProposalCard("", "", (), None, situation.now, "")
        return compose(step, Done(proposal=card), situation, voice_of(services, situation))
    if isinstance(step, AnswerQuestion | AskFact | Refuse):
        return compose(step, Done(), situation, voice_of(services, situation))
    return None


def _open_questions(plan: Plan, services: Services, language: Language) -> tuple[OpenQuestion, ...]:
    catalog = services.mind.book.every_fact
    asks = plan.decision.asks if plan.decision else ()
    found = ((one.name, catalog.fact(one.name).ask) for one in asks[:3])
    return tuple(OpenQuestion(name, ask.in_(language)) for name, ask in found if ask)


def latest_words(log: list[Event]) -> str:
    """The buyer's last words, three messages at most: those since a person last answered, or else those before."""
    words: list[str] = []
    for event in reversed(log):
        if isinstance(event.payload, BuyerMessage) and event.payload.text:
            words.append(event.payload.text)
        elif event.payload.kind == "staff_message" and words:
            break
        if sum(map(len, words)) > WORDS_READ or len(words) >= 3:
            break
    return "\n".join(reversed(words))


def _as_if_open(conversation: Conversation) -> Conversation:
    """A handed-over conversation, seen as if the assistant still had it: nothing asked, nothing on the table."""
    return replace(conversation, state=replace(conversation.state, asked=None, proposal_id=None))

