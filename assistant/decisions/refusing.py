"""A refusal: why, what remains open to the buyer, and what would have changed it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.decisions.asking import askable
from assistant.decisions.claim import Claim, best_of, holding_level
from assistant.decisions.decision import Alternative, Counterfactual, Decision
from assistant.decisions.facts import Fact, Option
from assistant.decisions.judging import Judge, Offer, Verdict, with_fact
from assistant.decisions.promises import platforms, promised
from assistant.decisions.rules import REMEDIES, Requirement
from assistant.decisions.windows import calendar_note, closing_time, until
from knowledge.text import Text

NO_RULE = Text("现行规则里没有支持这项诉求的情形。", "No rule in force supports this wish in this situation.")

MOST_ALTERNATIVES = 3
"""More than three ways out are a list to study, not an answer."""

_WISH = {"refund": "refund", "return_and_refund": "return"}
_ABOUT_GOODS = ("refund", "return", "exchange", "repair")
INSTEAD: Mapping[str, tuple[str, ...]] = {
    "cancel_order": ("refund", "return_and_refund", "complaint"), "urge": ("compensation", "complaint"),
    "book_service": ("repair", "complaint"), "appeal": ("complaint",), "review_cashback": ("complaint",),
    "invoice": ("complaint",), "change_address": (), "place_order": (), "withdraw": (),
}
"""Errands around an order, and which remedies can console those whose errand is refused. An errand consoles nobody."""


@dataclass(frozen=True, slots=True)
class _Way:
    """What another wish gives, or might give; `beyond` marks a shop's promise where the platform's rules give nothing.

    Those come last, so that no promise takes the place of what the platform's rules leave open to the buyer.
    """

    wish: str
    offer: Offer
    still_open: bool = False
    beyond: bool = False


def refused(claim: Claim) -> Decision:
    """The decision that no rule supports the claim."""
    nearest = _nearest([v for v in claim.verdicts if v.rule.effect in ("grant", "review") and v.relevant])
    failures = [part for v in nearest for part in v.failures()]
    reasons = tuple(dict.fromkeys(part.because for part in failures if part.because))
    first = nearest[0].rule if nearest else None
    return claim.decision(
        "refuse", rule=first.id if first else None, title=first.title if first else None,
        because=reasons or (NO_RULE,), citations=_citations(nearest, failures),
        alternatives=_alternatives(claim), counterfactuals=_counterfactuals(claim, nearest),
        notes=calendar_note(claim, nearest),
    )


def _nearest(relevant: Sequence[Verdict]) -> list[Verdict]:
    """The rules about this situation that fail by the fewest requirements."""
    theirs = [v for v in relevant if not v.rule.shop] or relevant  # a shop's own rules hide no reason of the platform's
    fewest = min((len(v.failures()) for v in theirs), default=0)
    return [v for v in relevant if len(v.failures()) == fewest]


def _citations(nearest: Iterable[Verdict], failures: Iterable[Requirement]) -> tuple[str, ...]:
    """The clauses of the exceptions first, then those of the rules that failed."""
    of_failures = [cite for part in failures for cite in part.cites]
    return tuple(dict.fromkeys([*of_failures, *(cite for v in nearest for cite in v.rule.cites)]))


def _alternatives(claim: Claim) -> tuple[Alternative, ...]:
    """What the buyer can have under another wish, or might have after an answer or two, best first.

    A merchant's own claim leaves the buyer's wishes alone.
    """
    if claim.kind in claim.book.merchant_claims:
        return ()
    ways = [way for other in claim.others() if (way := _way_under(claim, other))]
    ways.sort(key=lambda way: (way.beyond, [-part for part in way.offer.favour]))
    found: dict[str, Alternative] = {}
    for way in ways:
        alternative = _as_alternative(claim, way)
        found.setdefault(alternative.rule, alternative)
    return tuple(found.values())[:MOST_ALTERNATIVES]


def _way_under(claim: Claim, other: Claim) -> _Way | None:
    """The best that another wish gives; or might give, when all it waits for is the buyer's answers."""
    held = holding_level(other)
    grants = [offer for offer in other.offers("grant", "true") if _makes_sense(claim, offer)]
    best = best_of(platforms(grants), held)
    if best is not None:
        return _Way(other.kind, promised(grants, best, (), held) or best)
    catalog, still_open = other.book.catalog, other.offers("grant", "open")
    might = [o for o in still_open if askable(other.judge, o.verdict, catalog) and _makes_sense(claim, o)]
    return _best_way(other.kind, grants, might, held)


def _best_way(kind: str, grants: Sequence[Offer], might: Sequence[Offer], held: int | None) -> _Way | None:
    """Where the platform's rules settle nothing: the shop's promise, or what an answer may yet bring."""
    theirs = platforms(might)
    own = promised(grants, None, theirs, held)
    if own is not None:
        return _Way(kind, own, beyond=not theirs)
    best = best_of(theirs or might, held)
    return _Way(kind, best, still_open=True, beyond=not theirs) if best else None


def _makes_sense(claim: Claim, offer: Offer) -> bool:
    """False for what only helps when something is wrong with the goods, where nobody said that anything is.

    Who asks for a price difference or for compensation, and gives no reason, hasn't hinted at a fault: what they can
    have instead needs none. An errand such as an invoice consoles nobody, and who wanted one is consoled by little; and
    nobody is asked about promises that they never spoke of.
    """
    if offer.rule.grant.remedy in INSTEAD or offer.rule.grant.remedy not in INSTEAD.get(claim.kind, REMEDIES):
        return False
    if "claim.broken_promise" in claim.judge.missing(offer.verdict):
        return False
    if claim.kind in _ABOUT_GOODS or claim.facts["claim"].get("reason", "other") != "other":
        return True
    needs_fault = offer.rule.grant.remedy in ("exchange", "repair")
    return not needs_fault and "claim.reason" not in claim.judge.missing(offer.verdict)


def _as_alternative(claim: Claim, way: _Way) -> Alternative:
    """An offer under another wish; a rule on several is offered under the one that its remedy is called by."""
    rule, remedy = way.offer.rule, way.offer.rule.grant.remedy or ""
    called = _WISH.get(remedy, way.wish)
    wish = called if called in rule.claims else way.wish
    title = _name_of_wish(claim, wish) if remedy == "complaint" else rule.title  # its grade is no wish of anybody's
    return Alternative(wish, remedy, rule.id, title, way.offer.amount, way.still_open)


def _name_of_wish(claim: Claim, wish: str) -> Text:
    """What the buyer calls a wish, from the catalogue."""
    option = claim.book.catalog.fact("claim.kind").option(wish)
    return option.label if option else Text(wish, wish)


def _counterfactuals(claim: Claim, nearest: Sequence[Verdict]) -> tuple[Counterfactual, ...]:
    """What alone would have changed the answer: an earlier claim, or a fact that may be named."""
    found: list[Counterfactual] = []
    for verdict in nearest:
        failures = verdict.failures()
        if len(failures) == 1 and closing_time(failures[0].condition, claim.judge) is not None:
            found += until(claim, verdict, still_open=False)
        for name in dict.fromkeys(name for part in failures for name in part.condition.names):
            found += _by_fact(claim, verdict, claim.book.catalog.fact(name))
    return tuple(dict.fromkeys(found))


def _by_fact(claim: Claim, verdict: Verdict, fact: Fact) -> list[Counterfactual]:
    """The first other value of a fact under which the rule would apply, for facts that may be named."""
    if not fact.counterfactual:
        return []
    for option in fact.options:
        judge = Judge(with_fact(claim.facts, fact.name, option.value), claim.judge.calendar, verdict.rule.reads)
        if judge.verdict(verdict.rule).truth == "true":
            return [Counterfactual(_otherwise(fact, option, verdict.rule.title), fact.name)]
    return []


def _otherwise(fact: Fact, option: Option, title: Text) -> Text:
    """The counterfactual in words."""
    return Text(
        f"如果{fact.label.zh}是「{option.label.zh}」，就符合「{title.zh}」。",
        f"If the {fact.label.en} were “{option.label.en}”, “{title.en}” would apply.",
    )
