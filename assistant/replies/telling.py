"""Looked-up things in words: products by their sheets, and the ways to pay."""

from assistant.planning import step as s
from assistant.replies import sheets, wording
from assistant.replies.reply import Button, Choice, Reply
from assistant.replies.voice import Done, Voice


def products(step: s.ShowProducts, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    """What a product's sheet says, or how several differ."""
    first, titles = step.products[0], [one.title.in_(voice.language) for one in step.products]
    values = {
        "item": titles[0], "code": step.code, "price": wording.money(first.price_fen),
        "items": ("、" if voice.language == "zh" else ", ").join(titles),
        "stock": sheets.availability(first, voice.language), "facts": sheets.told(step, voice.language),
    }
    return Reply(voice.say(f"product_{step.aspect}", **values))


def payments(step: s.ShowPayments, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    """The ways to pay, with what is left."""
    return Reply(voice.say("payments", facts=sheets.payments(step.methods, voice.language)))


def ways_to_pay(situation: s.Situation, voice: Voice) -> tuple[Button, ...]:
    """The buyer's payment methods, to tap."""
    return tuple(
        Button(one.title.in_(voice.language), answer=Choice(fact="claim.payment", value=one.id))
        for one in situation.payments
    )
