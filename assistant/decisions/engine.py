"""The engine: facts and a rule book in, a Decision with its proof out. Pure: the time is handed in.

The order of the questions:

1. What do the rules that apply give, and which is best for the buyer?
2. Could an open rule still change the answer? Then ask the fact that settles most, if the buyer can tell it.
3. Is a person needed? A `review` rule holds back grants of its own rank and below, never those of a higher rank.
4. Does the shop promise more than that of its own accord? Then its promise takes the place of what is granted.
5. Otherwise grant, or refuse with reasons, alternatives and what would have changed it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from assistant.decisions.asking import askable, questions
from assistant.decisions.book import RuleBook
from assistant.decisions.claim import Claim, best_of, claim_of, holding_level, is_held
from assistant.decisions.contradictions import Contradiction, contradictions, refuse_impossible
from assistant.decisions.decision import Decision, OpenFact
from assistant.decisions.derived import complete
from assistant.decisions.granting import granted
from assistant.decisions.judging import Offer
from assistant.decisions.promises import open_promises, platforms, promised
from assistant.decisions.refusing import refused
from assistant.decisions.rules import Days
from knowledge.text import Text

BLOCKED = Text("缺少应由平台提供的信息，需人工核实。", "The platform's records lack something; a person must check.")


def decide(
    book: RuleBook, facts: Mapping[str, Mapping[str, Any]], now: datetime, *, as_of: date | None = None
) -> Decision:
    """Decide one claim on what is known.

    `facts` are nested by namespace (`{"claim": {"kind": "return"}, "order": {...}}`); what is left out is not
    known. Later rules don't reach back: what people are entitled to follows from the rules of the day of the order, how
    it is done from today's. With `as_of` both are those of that day.

    Raises:
        BadInput: an unknown fact, a value of the wrong type, or one that nobody can mean; the message names the fact.
    """
    claim = claim_before(book, facts, now, as_of=as_of)
    if claim is None:
        return Decision("ask", "", now, asks=(OpenFact("claim.kind", 1.0),))
    wrong = contradictions(book.catalog, claim.facts, now)
    return _disagreeing(claim, wrong) if wrong else _settle(claim)


def claim_before(
    book: RuleBook, facts: Mapping[str, Mapping[str, Any]], now: datetime, *, as_of: date | None = None
) -> Claim | None:
    """The claim before the rules of its days, each with its verdict; None while nobody said what is claimed.

    Raises:
        BadInput: as in `decide`.
    """
    book = book.for_shop(facts["shop"].get("id") if isinstance(facts.get("shop"), Mapping) else None)
    known = complete(book.catalog, facts, now)
    refuse_impossible(known)
    kind = known["claim"].get("kind")
    if kind is None:
        return None
    calendar = book.jurisdiction.calendar
    ordered = known["order"].get("created_at", now)
    days = Days(as_of or calendar.local_day(ordered), as_of or calendar.local_day(now))
    return claim_of(book, kind, known, days, now)


def _disagreeing(claim: Claim, wrong: Sequence[Contradiction]) -> Decision:
    """The platform's records contradict themselves: a person must look before any rule applies."""
    names = dict.fromkeys(name for one in wrong for name in one.facts)
    return claim.decision(
        "review", because=tuple(one.because for one in wrong), notes={"contradictory": ",".join(names)}
    )


def _settle(claim: Claim) -> Decision:
    """The questions, in order."""
    held = holding_level(claim)
    grants = claim.offers("grant", "true")
    theirs = best_of(platforms(grants), held)
    rivals = _rivals(claim, theirs, held)
    own = promised(grants, theirs, rivals, held)
    best = own or theirs
    open_reviews = _askable(claim, _reviews_of(claim, own)) if own else []
    asks = questions(
        claim.judge, [*(open_reviews if own else rivals), *open_promises(claim, best, held)], claim.book.catalog
    )
    if asks:
        return claim.decision("ask", asks=asks)
    if best is not None and not best.priced:
        return claim.decision("review", rule=best.rule.id, because=(BLOCKED,), notes={"missing": "amount"})
    if best is not None:
        return granted(claim, best, grants, instead_of=theirs if own else None)
    if held is not None:
        return _review(claim)
    if rivals:
        missing = sorted({name for offer in rivals for name in claim.judge.missing(offer.verdict)})
        return claim.decision("review", because=(BLOCKED,), notes={"missing": ",".join(missing)})
    return refused(claim)


def _rivals(claim: Claim, best: Offer | None, held: int | None) -> list[Offer]:
    """The platform's open rules that could still change the answer: a better grant, or a review of the best so far.

    What is granted already never waits for facts that the buyer can't tell.
    """
    still_open = platforms(claim.offers("grant", "open"))
    better = [offer for offer in still_open if not is_held(offer, held) and offer.betters(best)]
    if best is None:
        return better + (claim.offers("review", "open") if held is None else [])
    return _askable(claim, better + _reviews_of(claim, best))


def _reviews_of(claim: Claim, granted: Offer) -> list[Offer]:
    """The open rules that may yet have a person look at what is granted."""
    return [offer for offer in claim.offers("review", "open") if offer.rule.level <= granted.rule.level]


def _askable(claim: Claim, offers: Sequence[Offer]) -> list[Offer]:
    """Those that wait for the buyer alone."""
    return [offer for offer in offers if askable(claim.judge, offer.verdict, claim.book.catalog)]


def _review(claim: Claim) -> Decision:
    """A person must look; the strongest review rule says why."""
    rules = [v.rule for v in claim.verdicts if v.rule.effect == "review" and v.truth == "true"]
    first = rules[0]
    return claim.decision(
        "review", rule=first.id, title=first.title, because=tuple(rule.because for rule in rules),
        citations=tuple(dict.fromkeys(cite for rule in rules for cite in rule.cites)),
        evidence=first.grant.evidence, notes=dict(first.grant.notes),
    )
