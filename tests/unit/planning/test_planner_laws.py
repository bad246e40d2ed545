"""What holds for every buyer, claim and answer: only what rules need is asked, and nothing is proposed beyond them."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.commerce.platform import Command
from assistant.planning.claims import CLAIM_OF_INTENT
from assistant.planning.step import AskFact, PassOn, Propose, Refuse, Step
from assistant.replies.reply import Choice
from tests.fakes.clock import NOW
from tests.unit.planning.situations import MIND, WORLD, Talk, read

BUYERS = [buyer.id for buyer in WORLD.buyers]
CLAIM_INTENTS = [intent for intent, claim in CLAIM_OF_INTENT.items() if claim != "problem"]
CATALOG = MIND.book.catalog
QUESTIONS_MOST = 12
QUIETLY = settings(deadline=None)     # these promise what is done, not how fast


IN_WORDS = {
    "claim.basket": st.sampled_from(["nova-12*1", "nova-buds*3", "hearth-dryer*1", "nova-pad*50", "no-such-thing*1"]),
    "claim.payment": st.sampled_from(["gift_card", "bank_card", "somebody-else's"]),
    "claim.visit_day": st.integers(-3, 60).map(lambda days: (NOW + timedelta(days=days)).date().isoformat()),
}
"""Answers to what is asked in words, where not any words will do."""


def answer_to(step: AskFact, draw: st.DataObject) -> str | int | bool:
    """Any answer that the question allows: one of its chips, or words, a day, a number, or yes or no."""
    fact = CATALOG.fact(step.fact)
    if fact.type in ("string", "date"):
        return draw.draw(IN_WORDS.get(step.fact, st.text(max_size=20)))
    if fact.type == "bool":
        return draw.draw(st.booleans())
    if fact.options:
        return draw.draw(st.sampled_from(step.options or fact.values))
    return draw.draw(st.integers(0, 40))


def claimed(talk: Talk, intent: str, draw: st.DataObject) -> Step:
    """The first step of a claim on any of the buyer's goods; an order to be placed is about none of them."""
    order = draw.draw(st.sampled_from(talk.situation.orders))
    item = draw.draw(st.sampled_from(order.items))
    step = talk.say("……", intent)
    known = isinstance(step, AskFact) and step.target is not None and step.target.order == order
    return step if known or intent == "order.place" else talk.tap(order_id=order.id, item_id=item.id)


def run(talk: Talk, intent: str, draw: st.DataObject) -> list[Step]:
    """A claim on any of the buyer's goods, answered until nothing is asked any more."""
    steps = [claimed(talk, intent, draw)]
    while isinstance(steps[-1], AskFact) and len(steps) < QUESTIONS_MOST:
        steps.append(answered(talk, steps[-1].fact, answer_to(steps[-1], draw)))
    return steps


def answered(talk: Talk, fact: str, value: str | int | bool) -> Step:
    """The step after an answer: a picture where one was asked for and there is one, otherwise a tap."""
    if CATALOG.fact(fact).input == "photo" and value is True:
        return talk.say("", photos=1)
    return talk.tap(fact=fact, value=value)


def worth(command: Command, talk: Talk) -> int:
    """What the buyer paid for the order that a command is about; today's price of what it is to buy."""
    if command.name == "place_order":
        return sum(talk.situation.goods[line.product_id].price_fen * line.quantity for line in command.lines)
    order = talk.situation.order(command.order_id)
    assert order is not None
    return order.paid_fen


@QUIETLY
@given(st.sampled_from(BUYERS), st.sampled_from(CLAIM_INTENTS), st.data())
def test_only_what_the_buyer_alone_knows_is_asked(buyer: str, intent: str, data: st.DataObject) -> None:
    """No question is ever about what the order or the platform tells, and none is asked twice."""
    asked = [step for step in run(Talk(buyer), intent, data) if isinstance(step, AskFact)]
    assert all(CATALOG.fact(step.fact).known_by == "buyer" for step in asked)
    names = [step.fact for step in asked]
    assert len(names) == len(set(names))
    assert not any(step.again for step in asked)


@QUIETLY
@given(st.sampled_from(BUYERS), st.sampled_from(CLAIM_INTENTS), st.data())
def test_every_claim_comes_to_an_end(buyer: str, intent: str, data: st.DataObject) -> None:
    """Answers lead to a proposal, a refusal, a person, or back to the goods: never to questions without end."""
    talk = Talk(buyer)
    steps = run(talk, intent, data)
    assert not isinstance(steps[-1], AskFact)
    if isinstance(steps[-1], Refuse | PassOn):
        assert talk.state.proposal_id is None


@QUIETLY
@given(st.sampled_from(BUYERS), st.sampled_from(CLAIM_INTENTS), st.data())
def test_a_proposal_is_exactly_what_its_decision_grants(buyer: str, intent: str, data: st.DataObject) -> None:
    """The amount, the order and the rule of a command are the decision's, and the order is the buyer's own."""
    talk = Talk(buyer)
    step = run(talk, intent, data)[-1]
    if not isinstance(step, Propose):
        return
    assert step.decision.outcome == "grant"
    assert step.command.amount_fen == (step.decision.amount.fen if step.decision.amount else 0)
    assert step.command.amount_fen <= worth(step.command, talk)
    assert step.command.arguments["rule"] == step.decision.rule


@QUIETLY
@given(st.sampled_from(BUYERS), st.sampled_from(CLAIM_INTENTS), st.data())
def test_chips_leave_no_outcome_out(buyer: str, intent: str, data: st.DataObject) -> None:
    """Where not all answers are offered as chips, those left out come to the same as "something else"."""
    talk = Talk(buyer)
    step = claimed(talk, intent, data)
    if not isinstance(step, AskFact) or not step.options:
        return
    left_out = set(CATALOG.fact(step.fact).values) - set(step.options)
    rest = outcome_of(talk, step.fact, "other")
    assert all(outcome_of(talk, step.fact, str(value)) == rest for value in left_out)


def outcome_of(talk: Talk, fact: str, value: str) -> tuple[object, ...]:
    """What an answer would come to; the conversation itself does not go on."""
    tried = Talk(talk.situation.buyer.id)
    tried.situation = talk.situation
    decision = tried.take(read(""), choice=Choice(fact=fact, value=value)).decision
    assert decision is not None
    return decision.outcome, decision.remedy, decision.rule, decision.return_freight
