"""Steps to words: the embedded writer. Every number comes from a decision, a clause, an order or a receipt."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from assistant.commerce.views import state_label
from assistant.decisions.decision import Decision, Retention
from assistant.planning import step as s
from assistant.replies import cards, sheets, telling, wording
from assistant.replies.cards import CLAIM_TITLES, FREIGHT
from assistant.replies.reply import (
    Button,
    Card,
    Choice,
    Citation,
    ClauseExcerpt,
    ClausesCard,
    OrderPickerCard,
    PhotoCard,
    Reply,
)
from assistant.replies.templates import has, label
from assistant.replies.voice import Done, Voice

PAYMENT = "claim.payment"
ASIDES = (s.AnswerQuestion, s.NotCovered, s.ShowParcels, s.ShowProducts, s.ShowPayments, s.ShowCases, s.Chat)
"""Steps that leave open what was asked before them."""


def compose(step: s.Step, done: Done, situation: s.Situation, voice: Voice) -> Reply:
    """The reply to say for a step, once it was acted on."""
    reply = _WRITERS[type(step)](step, done, situation, voice)
    if isinstance(step, s.Ending) and step.then:
        reply = _offering(step.then, reply, voice)
    elif isinstance(step, ASIDES) and not (isinstance(step, s.ShowCases) and step.already):
        reply = _back_to_task(reply, situation, voice)
    return replace(reply, language=voice.language, step=type(step).__name__)


def _answer(step: s.AnswerQuestion, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    return Reply(step.answer.text, citations=citations(step.answer.citations, voice))


def _not_covered(step: s.NotCovered, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    nearest = [clause for clause in map(voice.clause, step.nearest) if clause]
    items = tuple(
        ClauseExcerpt(c.id, c.title.in_(voice.language), c.text.in_(voice.language)[:60]) for c in nearest
    )
    shown: tuple[Card, ...] = (ClausesCard(items),) if items else ()
    return Reply(voice.say("not_covered"), cards=shown, buttons=(_intent("person", "act.person", voice),))


def _ask_order(step: s.AskOrder, _done: Done, situation: s.Situation, voice: Voice) -> Reply:
    if not step.targets:
        return Reply(voice.say("no_orders"), buttons=(_intent("person", "act.person", voice),))
    name = "ask_order_not_found" if step.contradicted else "ask_order"
    picker = _picker(step.targets, situation)
    return Reply(voice.say(name, named=step.contradicted), cards=(picker,), asks="order")


def _picker(targets: Iterable[s.Target], situation: s.Situation) -> OrderPickerCard:
    return OrderPickerCard(tuple(cards.order_choice(target, situation) for target in targets))


def _ask_wish(step: s.AskWish, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    item = step.target.item.title.in_(voice.language) if step.target else ""
    buttons = [_wish_button(claim, voice) for claim in step.claims]
    return Reply(
        voice.say("ask_wish", item=item), buttons=(*buttons, _intent("person", "act.person", voice)), asks="wish"
    )


def _ask_fact(step: s.AskFact, _done: Done, situation: s.Situation, voice: Voice) -> Reply:
    spec = voice.catalog.fact(step.fact)
    question = (spec.ask or spec.label).in_(voice.language)
    text = voice.say("ask_fact_again" if step.again else "ask_fact", question=question)
    if step.order_differs and step.target:
        text = f"{voice.say('order_differs', state=state_label(step.target.order).in_(voice.language))} {text}"
    if step.swaps:
        text = f"{text} {sheets.swaps(step.swaps, voice.language)}"
    shown: tuple[Card, ...] = (PhotoCard(question),) if spec.input == "photo" else ()
    buttons = telling.ways_to_pay(situation, voice) if step.fact == PAYMENT else chips(step.fact, voice, step.options)
    return Reply(text, cards=shown, buttons=buttons, asks=step.fact)


def chips(fact: str, voice: Voice, worth: tuple[str | bool, ...] = ()) -> tuple[Button, ...]:
    """The answers to a question that can be tapped: those worth offering, or all."""
    spec = voice.catalog.fact(fact)
    if spec.input != "chips":
        return (_intent("unsure", "act.unsure", voice),) if spec.input == "photo" else ()
    if spec.type == "bool":
        pairs = ((label("yes", voice.language), True), (label("no", voice.language), False))
        return tuple(Button(words, answer=Choice(fact=fact, value=value)) for words, value in pairs)
    return tuple(
        Button(one.label.in_(voice.language), answer=Choice(fact=fact, value=one.value))
        for one in spec.options
        if one.by == "buyer" and (not worth or one.value in worth)
    )


def _propose(step: s.Propose, done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    assert done.proposal is not None, "a proposal is stored before it is worded"
    decision = step.decision
    marks, cited = _marked(decision, voice)
    freight = FREIGHT[decision.return_freight].in_(voice.language) if decision.return_freight else ""
    amount = wording.money(decision.amount.fen, decision.amount.currency) if decision.amount else ""
    text = voice.say(
        f"propose_{decision.remedy}",
        amount=amount,
        back=_sentence(voice.say("money_back", amount=amount), voice) if _moves_money(decision) else "",
        freight=_sentence(freight, voice) if freight else "",
        because=_because(decision, marks, voice),
    )
    proposal_id = done.proposal.proposal_id
    buttons = (
        Button(label("confirm", voice.language), answer=Choice(proposal_id=proposal_id, decision="confirm")),
        Button(label("refuse", voice.language), answer=Choice(proposal_id=proposal_id, decision="refuse")),
    )
    shown = (cards.decision_card(decision, voice.catalog, voice.language), done.proposal)
    reply = Reply(text, citations=cited, cards=shown, buttons=buttons, asks="proposal")
    return _with_offer(reply, step.instead, voice) if step.instead else reply


def _with_offer(reply: Reply, offer: Retention, voice: Voice) -> Reply:
    """The reply with the offer to keep the goods, after what was granted and its buttons."""
    amount = wording.money(offer.amount.fen, offer.amount.currency) if offer.amount else ""
    words = _sentence(offer.because.in_(voice.language), voice)
    taking = voice.say(f"offer_{offer.remedy}", amount=amount)
    button = Button(taking, answer=Choice(intent="act.retain"))
    return replace(reply, text=f"{reply.text.rstrip()} {words}".strip(), buttons=(*reply.buttons, button))


def _moves_money(decision: Decision) -> bool:
    return decision.amount is not None and decision.amount.fen > 0


def _refuse(step: s.Refuse, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    decision = step.decision
    marks, cited = _marked(decision, voice)
    claim = CLAIM_TITLES.get(decision.claim)
    text = voice.say(
        "refuse", claim=_in_sentence(claim.in_(voice.language) if claim else decision.claim, voice),
        because=_because(decision, marks, voice),
    )
    if decision.alternatives:
        names = [_in_sentence(one.title.in_(voice.language), voice) for one in decision.alternatives]
        text = f"{text} {voice.say('refuse_alternatives', alternatives=wording.listed(names, voice.language))}"
    if step.swaps:
        text = f"{text} {sheets.swaps(step.swaps, voice.language)}"
    buttons = [_wish_button(claim_kind, voice) for claim_kind in dict.fromkeys(a.claim for a in decision.alternatives)]
    card = cards.decision_card(decision, voice.catalog, voice.language)
    return Reply(text, citations=cited, cards=(card,), buttons=(*buttons, _intent("person", "act.person", voice)))


def _because(decision: Decision, marks: str, voice: Voice) -> str:
    reasons = [reason.in_(voice.language) for reason in decision.because[: 2 if decision.outcome == "grant" else 3]]
    if not reasons and decision.title:
        basis = decision.title.in_(voice.language)
        reasons = [f"依据：{basis}" if voice.language == "zh" else f"Basis: {basis}"]
    joined = ("；" if voice.language == "zh" else "; ").join(one.rstrip("。. ") for one in reasons)
    return _sentence(joined + marks, voice) if joined else ""


def _sentence(text: str, voice: Voice) -> str:
    if voice.language == "zh":
        return text.rstrip("。") + "。"
    return text.rstrip(". ") + ". "


def _in_sentence(title: str, voice: Voice) -> str:
    return title if voice.language == "zh" else title[:1].lower() + title[1:]


def _marked(decision: Decision, voice: Voice) -> tuple[str, tuple[Citation, ...]]:
    cited = citations(decision.citations[:3], voice)
    return "".join(f"[{one.n}]" for one in cited), cited


def citations(ids: tuple[str, ...], voice: Voice) -> tuple[Citation, ...]:
    """Numbered citations of clauses that exist; unknown ids are dropped."""
    found = [clause for clause in map(voice.clause, ids) if clause]
    return tuple(
        Citation(n, c.id, c.title.in_(voice.language), c.version, c.in_force_from.isoformat())
        for n, c in enumerate(found, start=1)
    )


def _confirm(_step: s.Confirm, done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    if done.held:
        return Reply(voice.say("confirmed_held"))
    if done.receipt is None:
        return Reply(voice.say("confirm_failed"), buttons=(_intent("person", "act.person", voice),))
    joint = "：" if voice.language == "zh" else ": "
    now = [done.receipt.note] if done.receipt.note else []
    deadlines = done.receipt.deadlines[:2]
    dates = now + [f"{d.label}{joint}{wording.moment(d.at, voice.language, voice.zone)}" for d in deadlines]
    follows = _sentence(("；" if voice.language == "zh" else "; ").join(dates), voice) if dates else ""
    return Reply(voice.say("confirmed", number=done.receipt.case_number, next=follows), cards=(done.receipt,))


def _decline(step: s.Decline, done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    if done.failed:
        return Reply(voice.say("decline_failed"), buttons=(_intent("progress", "case.progress", voice),))
    return Reply(voice.say("nothing_more" if step.dropped else "declined"))


def _hesitation(step: s.Hesitation, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    buttons = (
        Button(label("confirm", voice.language), answer=Choice(proposal_id=step.proposal_id, decision="confirm")),
        Button(label("refuse", voice.language), answer=Choice(proposal_id=step.proposal_id, decision="refuse")),
        _intent("person", "act.person", voice),
    )
    return Reply(voice.say("hesitation"), buttons=buttons, asks="proposal")


def _drop(step: s.Drop, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    title = CLAIM_TITLES.get(step.claim)
    if title is None:
        return Reply(voice.say("nothing_more"))
    return Reply(voice.say("dropped", claim=_in_sentence(title.in_(voice.language), voice)))


def _pass_on(step: s.PassOn, done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    assert done.place is not None, "the conversation is queued before it is said"
    place = done.place
    if place.open:
        wait = wording.wait(place.wait_seconds, voice.language)
        text = voice.say("handover", position=str(place.position), wait=wait)
    else:
        assert place.promised_at is not None, "out of hours there is a promised time"
        text = voice.say("handover_closed", promised=wording.moment(place.promised_at, voice.language, voice.zone))
    special = f"handover_{step.handover.rule}"
    if has(special):
        text = f"{voice.say(special)} {text}"
    return Reply(text, cards=(cards.handoff_card(place),), buttons=(_intent("recall", "act.cancel", voice),))


def _parcels(step: s.ShowParcels, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    item = step.order.items[0].title.in_(voice.language)
    shown = cards.parcel_cards(step.order, voice.language)
    if not shown:
        state = state_label(step.order).in_(voice.language)
        return Reply(voice.say("parcel_none", item=item, state=state))
    latest = shown[0].events[0] if shown[0].events else None
    words = f"{wording.moment(latest.at, voice.language, voice.zone)} {latest.text}" if latest else ""
    return Reply(voice.say("parcel", item=item, state=shown[0].state_label, latest=words), cards=shown)


def _cases(step: s.ShowCases, _done: Done, _situation: s.Situation, voice: Voice) -> Reply:
    if not step.cases:
        return Reply(voice.say("cases_none"))
    shown = tuple(cards.case_card(case, voice.language) for case in step.cases[:3])
    settled = step.cases[0].state == "done"
    name = "cases" if not step.already else "cases_settled" if settled else "cases_already"
    return Reply(voice.say(name, number=step.cases[0].number), cards=shown)


def _chat(step: s.Chat, _done: Done, situation: s.Situation, voice: Voice) -> Reply:
    text = voice.say(step.kind, buyer=situation.buyer.name)
    opens = situation.state.asked is None and step.kind in ("greet", "who", "empty", "photo_received")
    return Reply(text, buttons=starters(voice) if opens else ())


def _clarify(step: s.Clarify, _done: Done, situation: s.Situation, voice: Voice) -> Reply:
    """The choices of the open question, or else what buyers most often want."""
    person = _intent("person", "act.person", voice)
    words = voice.say("clarify_upset" if step.upset else "clarify")
    again = _back_to_task(Reply(words), situation, voice)
    if again.buttons or again.cards:
        return replace(again, buttons=(*(one for one in again.buttons if one != person), person))
    return replace(again, buttons=(*starters(voice), person))


def starters(voice: Voice) -> tuple[Button, ...]:
    """What buyers most often want, to tap."""
    return (
        _wish_button("return", voice), _wish_button("refund", voice), _intent("parcel", "order.parcel", voice),
        _wish_button("price_protection", voice), _intent("progress", "case.progress", voice),
    )


_INTENTS = {
    "price_protection": "claim.price", "cancel_order": "order.cancel", "change_address": "order.address",
    "urge": "order.urge", "book_service": "order.book", "place_order": "order.place", "invoice": "order.invoice",
    "review_cashback": "order.cashback", "withdraw": "case.withdraw", "appeal": "case.appeal",
}


def _wish_button(claim: str, voice: Voice) -> Button:
    return _intent(claim, _INTENTS.get(claim, f"claim.{claim}"), voice)


def _intent(name: str, intent: str, voice: Voice) -> Button:
    return Button(label(name, voice.language), answer=Choice(intent=intent))


def _back_to_task(reply: Reply, situation: s.Situation, voice: Voice) -> Reply:
    """After an aside in the middle of a claim: the open question's choices again, or the proposal's buttons."""
    asked = situation.state.asked
    buttons: tuple[Button, ...] = ()
    shown: tuple[Card, ...] = ()
    if situation.proposal and situation.proposal.state == "open":
        buttons = _hesitation(s.Hesitation(situation.proposal.id), Done(), situation, voice).buttons
    elif asked and asked.name in voice.catalog.names:
        buttons = chips(asked.name, voice, asked.options)
    elif asked and asked.name == "wish":
        buttons = tuple(_wish_button(claim, voice) for claim in asked.options)
    elif asked and asked.name == "order":
        shown = (_picker(_targets(asked.options, situation), situation),)
    new = tuple(one for one in buttons if one not in reply.buttons)
    return replace(reply, cards=(*reply.cards, *shown), buttons=(*new, *reply.buttons))


def _targets(options: tuple[str, ...], situation: s.Situation) -> Iterator[s.Target]:
    """The goods behind the ids that were offered, as `order/item`."""
    for option in options:
        order_id, _, item_id = option.partition("/")
        order = situation.order(order_id)
        item = order.item(item_id) if order else None
        if order and item:
            yield s.Target(order, item)


def _offering(claim: str, reply: Reply, voice: Voice) -> Reply:
    """The reply, and the offer to go on with the wish that waits."""
    title = CLAIM_TITLES[claim].in_(voice.language) if claim in CLAIM_TITLES else claim
    text = f"{reply.text} {voice.say('next_task', claim=_in_sentence(title, voice))}"
    return replace(reply, text=text, buttons=(_wish_button(claim, voice), _intent("cancel", "act.cancel", voice)))


_WRITERS: Mapping[type, Callable[[Any, Done, s.Situation, Voice], Reply]] = {
    s.AnswerQuestion: _answer, s.NotCovered: _not_covered, s.AskOrder: _ask_order, s.AskWish: _ask_wish,
    s.AskFact: _ask_fact, s.Propose: _propose, s.Refuse: _refuse, s.Confirm: _confirm, s.Decline: _decline,
    s.Hesitation: _hesitation, s.Drop: _drop, s.PassOn: _pass_on, s.ShowParcels: _parcels,
    s.ShowProducts: telling.products, s.ShowPayments: telling.payments, s.ShowCases: _cases,
    s.Chat: _chat, s.Clarify: _clarify,
}
