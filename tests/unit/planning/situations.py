"""Situations, readings and small dialogues: the demo shop's orders, real rules, a knowledge of two answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from assistant.cases.opening import title_of
from assistant.commerce.demo.world import demo_world
from assistant.commerce.world import World
from assistant.conversation import DialogueState
from assistant.decisions.book import default_book
from assistant.planning.mind import Mind
from assistant.planning.planner import asks_for, plan
from assistant.planning.retention import goods_of
from assistant.planning.step import Plan, Propose, Situation, Step, Target
from assistant.proposal import LIFETIME, Proposal
from assistant.replies.cards import proposal_card
from assistant.replies.reply import Choice
from assistant.understanding.extraction import find_mentions
from assistant.understanding.products import shipped_products
from assistant.understanding.reading import FactValue, IntentScore, Mention, Mood, MoodName, Reading
from knowledge.answers import Answer
from knowledge.coverage import Coverage
from knowledge.search import SearchQuery
from knowledge.service import Answered, NotCovered
from knowledge.text import Language
from tests.fakes.clock import NOW

WORLD: World = demo_world(NOW)
ANSWERS = {"运费": "退货运费由买家承担。[1]", "freight": "The buyer pays the return freight. [1]"}
ANSWERING = "freight#1.1"


class SmallKnowledge:
    """Knows who pays the freight, and nothing else; shares the way in which knowledge is asked."""

    def ask(self, query: SearchQuery) -> Answered | NotCovered:
        """The answer for a question about freight."""
        said = next((answer for word, answer in ANSWERS.items() if word in query.text.lower()), None)
        if said is None:
            return NotCovered((), Coverage(0.1, False))
        return Answered(Answer(said, (ANSWERING,), query.language), (), Coverage(0.9, True))


MIND = Mind(default_book(), SmallKnowledge())  # type: ignore[arg-type]


def situation_of(buyer_id: str = "xiaolin", **changes: object) -> Situation:
    """A buyer of the demo shop at the beginning of a conversation."""
    buyer = WORLD.buyer(buyer_id)
    assert buyer is not None
    plain = Situation(
        now=NOW, tenant="demo", buyer=buyer,
        orders=tuple(order for order in WORLD.orders if order.buyer_id == buyer_id),
        shops={shop.id: shop for shop in WORLD.shops}, products={one.id: one for one in WORLD.products},
        cases=(), state=DialogueState(), language=buyer.language, payments=WORLD.payments.get(buyer_id, ()),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def goods(situation: Situation, words: str) -> Target:
    """The one item of the buyer's whose title has these words."""
    found = [Target(o, i) for o in situation.orders for i in o.items if words in f"{i.title.zh} {i.title.en}"]
    assert len(found) == 1, f"{len(found)} items are called {words}"
    return found[0]


def read(
    text: str, *intents: str, facts: Mapping[str, FactValue] | None = None, flags: tuple[str, ...] = (),
    mood: MoodName = "calm", language: Language = "zh",
) -> Reading:
    """A message with these intents, best first, and the numbers and goods that its words name."""
    named = shipped_products().goods.named_in(text)
    things = tuple(Mention("product", text[n.start : n.end], n.start, n.end, text[n.start : n.end]) for n in named)
    mentions = (*find_mentions(text, NOW.date()), *things)
    scores = tuple(IntentScore(name, 0.9 - 0.1 * n) for n, name in enumerate(intents))
    return Reading(text, language, scores, facts or {}, mentions, Mood(mood, 0.9), frozenset(flags), 0.9)


class Talk:
    """A conversation, turn by turn: what the planner says next, carried over as a turn carries it over."""

    def __init__(self, buyer_id: str = "xiaolin", mind: Mind = MIND, **changes: object) -> None:
        self.situation = situation_of(buyer_id, **changes)
        self.mind = mind

    @property
    def state(self) -> DialogueState:
        """Where the dialogue stands."""
        return self.situation.state

    def say(self, text: str, *intents: str, facts: Mapping[str, FactValue] | None = None, photos: int = 0) -> Step:
        """The step that words lead to, by the intents and facts they were read as."""
        flags = () if text else ("empty",)
        reading = read(text, *intents, facts=facts, flags=flags, language=self.situation.language)
        return self.take(reading, photos=photos).step

    def tap(self, **choice: str | int | bool) -> Step:
        """The step that a tap leads to; it is read as a turn reads it, for certain."""
        tapped = Choice(**choice)  # type: ignore[arg-type]
        intents = (tapped.intent,) if tapped.intent else ()
        return self.take(read("", *intents, language=self.situation.language), choice=tapped).step

    def pick(self, words: str) -> Step:
        """The step after the buyer tapped these goods in the order picker."""
        target = goods(self.situation, words)
        return self.tap(order_id=target.order.id, item_id=target.item.id)

    def take(self, reading: Reading, choice: Choice | None = None, photos: int = 0) -> Plan:
        """One turn."""
        before = replace(self.situation, choice=choice, photos=photos)
        planned = plan(reading, before, self.mind)
        self.situation = carried_over(planned, before)
        return planned


def carried_over(planned: Plan, before: Situation) -> Situation:
    """The situation of the next turn, a little later: what was proposed is on the table."""
    state = replace(planned.state, asked=asks_for(planned.step) or planned.state.asked)
    proposal = before.proposal if state.proposal_id else None
    if isinstance(planned.step, Propose):
        proposal = proposal_of(planned.step, before)
        state = replace(state, proposal_id=proposal.id)
        before = replace(before, retained=before.retained | _offered(planned.step))
    now = before.now + timedelta(seconds=20)
    return replace(before, now=now, state=state, proposal=proposal, choice=None, photos=0)


def _offered(step: Propose) -> frozenset[str]:
    """The goods beside whose refund an offer to keep them stands."""
    return frozenset({goods_of(step.command.order_id, step.command.item_id)} if step.instead else ())


def proposal_of(step: Propose, situation: Situation) -> Proposal:
    """What is put on the table for a step."""
    proposal_id, expires = f"p{situation.state.turns}", situation.now + LIFETIME
    card = proposal_card(proposal_id, step.decision, step.target, "d" * 64, expires, situation.language)
    card = replace(card, instead=step.instead.title.zh if step.instead else None)
    return Proposal(
        proposal_id, situation.tenant, "c1", situation.buyer.id, step.command, step.decision,
        title_of(step.decision.remedy or ""), situation.language, card, situation.now, expires,
    )
