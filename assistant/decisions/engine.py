"""The engine: facts and a rule book in, a Decision with its proof out. Pure: the time is handed in.

The order of the questions:

1. What do the rules that apply give, and which is best for the buyer?
2. Could an open rule still change the answer? Then ask the fact that settles most, if the buyer can tell it.
3. Is a person needed? A `review` rule holds back grants of its own rank and below, never those of a higher rank.
4. Otherwise grant, or refuse with reasons, alternatives and what would have changed it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from assistant.decisions.asking import askable, questions
from assistant.decisions.book import RuleBook
from assistant.decisions.claim import Claim, best_of, claim_of, holding_level, is_held
from assistant.decisions.decision import Decision, OpenFact
from assistant.decisions.derived import complete
from assistant.decisions.granting import granted
from assistant.decisions.judging import Judge, Offer
from assistant.decisions.refusing import refused
from assistant.decisions.workdays import local_day
from knowledge.text import Text

BLOCKED = Text("缺少应由平台提供的信息，需人工核实。", "The platform's records lack something; a person must check.")


def decide(
    book: RuleBook, facts: Mapping[str, Mapping[str, Any]], now: datetime, *, as_of: date | None = None
) -> Decision:
    """Decide one claim on what is known.

    `facts` are nested by namespace (`{"claim": {"kind": "return"}, "order": {...}}`); what is left out is not
    known. The rules are those in force on `as_of`: by default the day of the order, since later rules don't
    reach back.

    Raises:
        BadInput: an unknown fact, or a value of the wrong type; the message names the fact.
    """
    known = complete(book.catalog, facts, now)
    kind = known["claim"].get("kind")
    if kind is None:
        return Decision("ask", "", now, asks=(OpenFact("claim.kind", 1.0),))
    day = as_of or local_day(known["order"].get("created_at", now))
    return _settle(claim_of(book, kind, known, day, now, Judge(known)))


def _settle(claim: Claim) -> Decision:
    """The four questions, in order."""
    held = holding_level(claim)
    grants = claim.offers("grant", "true")
    best = best_of(grants, held)
    rivals = _rivals(claim, best, held)
    asks = questions(claim.judge, rivals, claim.book.catalog)
    if asks:
        return claim.decision("ask", asks=asks)
    if best is not None:
        return granted(claim, best, grants)
    if held is not None:
        return _review(claim)
    if rivals:
        missing = sorted({name for offer in rivals for name in claim.judge.missing(offer.verdict)})
        return claim.decision("review", because=(BLOCKED,), notes={"missing": ",".join(missing)})
    return refused(claim)


def _rivals(claim: Claim, best: Offer | None, held: int | None) -> list[Offer]:
    """Open rules that could still change the answer: a better grant, or a review of the best one so far.

    What is granted already never waits for facts that the buyer can't tell.
    """
    better = [o for o in claim.offers("grant", "open") if not is_held(o, held) and o.betters(best)]
    reviews = claim.offers("review", "open")
    if best is None:
        return better + (reviews if held is None else [])
    could_hold = [o for o in reviews if o.rule.level <= best.rule.level]
    return [o for o in better + could_hold if askable(claim.judge, o.verdict, claim.book.catalog)]


def _review(claim: Claim) -> Decision:
    """A person must look; the strongest review rule says why."""
    rules = [v.rule for v in claim.verdicts if v.rule.effect == "review" and v.truth == "true"]
    first = rules[0]
    return claim.decision(
        "review", rule=first.id, title=first.title, because=tuple(rule.because for rule in rules),
        citations=tuple(dict.fromkeys(cite for rule in rules for cite in rule.cites)),
        evidence=first.grant.evidence, notes=dict(first.grant.notes),
    )
