"""Retention: one offer beside a granted refund, once for the same goods, and what was granted stays."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from assistant.planning.retention import is_offer
from assistant.planning.step import Confirm, Decline, Hesitation, Propose
from tests.unit.planning.situations import Talk, situation_of

TOO_SMALL = {"claim.reason": "size", "item.condition": "opened_intact"}
NO_WISH = {"claim.reason": "changed_mind", "item.condition": "opened_intact"}


def talk_at(*retention: str) -> Talk:
    """A talk about goods of a shop that switched these offers on."""
    shops = {
        key: replace(shop, facts={**shop.facts, "retention": list(retention)})
        for key, shop in situation_of().shops.items()
    }
    return Talk(shops=shops)


def returning(talk: Talk, facts: Mapping[str, str] = MappingProxyType(TOO_SMALL)) -> Propose:
    """Come to a proposal to take the dress back."""
    step = talk.say("连衣裙退货", "claim.return", facts=facts)
    assert isinstance(step, Propose)
    return step


def test_the_offer_stands_beside_what_is_granted() -> None:
    """The refund is proposed as ever, with one offer beside it where the shop switched one on."""
    granted, plain = returning(talk_at("exchange")), returning(talk_at())
    assert granted.instead
    assert granted.instead.remedy == "exchange"
    assert plain.instead is None
    assert (granted.decision.remedy, granted.command) == (plain.decision.remedy, plain.command)


def test_a_yes_takes_what_was_granted() -> None:
    """Confirming means the refund: the offer has a button of its own."""
    talk = talk_at("exchange")
    returning(talk)
    assert isinstance(talk.say("好的", "act.confirm"), Confirm)


def test_taking_the_offer_proposes_it_for_confirmation() -> None:
    """The offer becomes a proposal of its own, and nothing is done before the buyer confirms that."""
    talk = talk_at("exchange")
    returning(talk)
    step = talk.tap(intent="act.retain")
    assert isinstance(step, Propose)
    assert (step.decision.remedy, step.command.name, step.instead) == ("exchange", "exchange", None)
    assert is_offer(step.decision)


def test_a_coupon_is_worth_what_the_rules_say_and_void_on_a_return() -> None:
    """The coupon's worth comes from the rule, and the platform is told that a later return gives it back."""
    talk = talk_at("coupon")
    granted = returning(talk, NO_WISH)
    assert granted.instead
    step = talk.tap(intent="act.retain")
    assert isinstance(step, Propose)
    assert granted.instead.amount
    assert step.command.amount_fen == granted.instead.amount.fen
    assert step.command.arguments["void_on_return"] is True


def test_leaving_the_offer_gives_back_what_was_granted_at_once() -> None:
    """A no to the exchange puts the refund back on the table, the same as before, without the offer."""
    talk = talk_at("exchange")
    granted = returning(talk)
    talk.tap(intent="act.retain")
    again = talk.say("还是退吧，不换了", "act.refuse")
    assert isinstance(again, Propose)
    assert (again.decision.remedy, again.command, again.instead) == ("return_and_refund", granted.command, None)


def test_nobody_is_asked_twice() -> None:
    """Declined, and claimed again: the refund is proposed without the offer."""
    talk = talk_at("exchange")
    returning(talk)
    assert isinstance(talk.say("先不退了", "act.refuse"), Decline)
    assert returning(talk).instead is None


def test_the_button_means_nothing_without_an_offer() -> None:
    """Whoever sends the button's intent without an offer gets nothing by it."""
    talk = talk_at()
    returning(talk)
    assert isinstance(talk.tap(intent="act.retain"), Hesitation)
