"""What tests of replies share: voices in both languages over the real corpus, and what acting on a step gives."""

from datetime import timedelta
from functools import cache

from assistant.cases.opening import open_case
from assistant.commerce.platform import Command
from assistant.conversation import HandOver, QueuePlace
from assistant.decisions.decision import Decision
from assistant.planning.step import Confirm, PassOn, Propose, Situation, Step
from assistant.replies.cards import proposal_card, receipt_card
from assistant.replies.voice import Done, Voice
from knowledge.clauses import Clause
from knowledge.corpus import load_corpus
from knowledge.errors import NotFound
from knowledge.text import Language, Text
from tests.fakes.clock import NOW
from tests.unit.planning.situations import MIND

LANGUAGES: tuple[Language, ...] = ("zh", "en")
TO_A_PERSON = HandOver("asks_for_person", Text("要人工", "Wants a person"))


@cache
def corpus_clause(clause_id: str) -> Clause | None:
    """A clause of the shipped policies as it stands today, or None."""
    try:
        return load_corpus().get(clause_id, NOW.date())
    except NotFound:
        return None


def voice(language: Language, variant: int = 0) -> Voice:
    """The writer's voice over the shipped facts and clauses."""
    return Voice(language, MIND.book.catalog, corpus_clause, variant)


def done_for(step: Step, situation: Situation, granted: Decision | None = None, *, at_desk: bool = True) -> Done:
    """What acting on a step comes to: a proposal on the table, a receipt, a place in the queue."""
    if isinstance(step, Propose):
        expires = situation.now + timedelta(minutes=30)
        return Done(proposal=proposal_card("p1", step.decision, step.target, "d" * 64, expires, situation.language))
    if isinstance(step, Confirm) and granted:
        amount = granted.amount.fen if granted.amount else 0
        case = open_case(granted, Command("refund", "O-1", None, amount), "k1", "AS-20261120-0001", situation.now)
        return Done(receipt=receipt_card(granted, case, "PF-1", situation.now, situation.language))
    if isinstance(step, PassOn):
        later = situation.now + timedelta(hours=15)
        return Done(place=QueuePlace(3, 245) if at_desk else QueuePlace(1, 54_000, later, open=False))
    return Done()
