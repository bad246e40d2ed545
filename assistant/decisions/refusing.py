"""A refusal: why, what remains open to the buyer, and what would have changed it."""

from collections.abc import Iterable, Sequence

from assistant.decisions.asking import askable
from assistant.decisions.claim import Claim, best_of, holding_level
from assistant.decisions.decision import Alternative, Counterfactual, Decision
from assistant.decisions.facts import Fact, Option
from assistant.decisions.judging import Favour, Judge, Offer, Verdict, with_fact
from assistant.decisions.rules import Requirement
from assistant.decisions.windows import closing_time, until
from knowledge.text import Text

NO_RULE = Text("现行规则里没有支持这项诉求的情形。", "No rule in force supports this wish in this situation.")

MOST_ALTERNATIVES = 3
"""More than three ways out are a list to study, not an answer."""

_WISH = {"refund": "refund", "return_and_refund": "return"}
_ABOUT_GOODS = ("refund", "return", "exchange", "repair")


def refused(claim: Claim) -> Decision:
    """The decision that no rule supports the claim."""
    nearest = _nearest([v for v in claim.verdicts if v.rule.effect != "add" and v.relevant])
    failures = [part for v in nearest for part in v.failures()]
    reasons = tuple(dict.fromkeys(part.because for part in failures if part.because))
    first = nearest[0].rule if nearest else None
    return claim.decision(
        "refuse", rule=first.id if first else None, title=first.title if first else None,
        because=reasons or (NO_RULE,), citations=_citations(nearest, failures),
        alternatives=_alternatives(claim), counterfactuals=_counterfactuals(claim, nearest),
    )


def _nearest(relevant: Sequence[Verdict]) -> list[Verdict]:
    """The rules about this situation that fail by the fewest requirements."""
    fewest = min((len(v.failures()) for v in relevant), default=0)
    return [v for v in relevant if len(v.failures()) == fewest]


def _citations(nearest: Iterable[Verdict], failures: Iterable[Requirement]) -> tuple[str, ...]:
    """The clauses of the exceptions first, then those of the rules that failed."""
    of_failures = [cite for part in failures for cite in part.cites]
    return tuple(dict.fromkeys([*of_failures, *(cite for v in nearest for cite in v.rule.cites)]))


def _alternatives(claim: Claim) -> tuple[Alternative, ...]:
    """What the buyer can have under another wish, or might have after an answer or two, best first."""
    found: dict[str, tuple[Favour, Alternative]] = {}
    for kind in claim.book.claims:
        offer, still_open = _best_under(claim, claim.another(kind)) if kind != claim.kind else (None, False)
        if offer is not None:
            alternative = _as_alternative(claim, kind, offer, still_open=still_open)
            found.setdefault(alternative.rule, (offer.favour, alternative))
    ranked = sorted(found.values(), key=lambda pair: pair[0], reverse=True)
    return tuple(alternative for _, alternative in ranked[:MOST_ALTERNATIVES])


def _best_under(claim: Claim, other: Claim) -> tuple[Offer | None, bool]:
    """The best that another wish gives; or might give (True) when all it waits for is the buyer's answers."""
    held = holding_level(other)
    best = best_of((o for o in other.offers("grant", "true") if _makes_sense(claim, o)), held)
    if best is not None:
        return best, False
    catalog, still_open = other.book.catalog, other.offers("grant", "open")
    might = (o for o in still_open if askable(other.judge, o.verdict, catalog) and _makes_sense(claim, o))
    return best_of(might, held), True


def _makes_sense(claim: Claim, offer: Offer) -> bool:
    """False for what only helps when something is wrong with the goods, where nobody said that anything is.

    Who asks for a price difference or for compensation, and gives no reason, hasn't hinted at a fault: what they can
    have instead needs none.
    """
    if claim.kind in _ABOUT_GOODS or claim.facts["claim"].get("reason", "other") != "other":
        return True
    needs_fault = offer.rule.grant.remedy in ("exchange", "repair")
    return not needs_fault and "claim.reason" not in claim.judge.missing(offer.verdict)


def _as_alternative(claim: Claim, kind: str, offer: Offer, *, still_open: bool) -> Alternative:
    """An offer under another wish; a rule on several is offered under the one that its remedy is called by."""
    rule, remedy = offer.rule, offer.rule.grant.remedy or ""
    called = _WISH.get(remedy, kind)
    wish = called if called in rule.claims else kind
    title = _name_of_wish(claim, wish) if remedy == "complaint" else rule.title  # its grade is no wish of anybody's
    return Alternative(wish, remedy, rule.id, title, offer.amount, still_open)


def _name_of_wish(claim: Claim, wish: str) -> Text:
    """What the buyer calls a wish, from the catalogue."""
    option = claim.book.catalog.fact("claim.kind").option(wish)
    return option.label if option else Text(wish, wish)


def _counterfactuals(claim: Claim, nearest: Sequence[Verdict]) -> tuple[Counterfactual, ...]:
    """What alone would have changed the answer: an earlier claim, or a fact that may be named."""
    found: list[Counterfactual] = []
    for verdict in nearest:
        failures = verdict.failures()
        if len(failures) == 1 and closing_time(failures[0].condition, claim.judge.facts) is not None:
            found += until(claim, verdict, still_open=False)
        for name in dict.fromkeys(name for part in failures for name in part.condition.names):
            found += _by_fact(claim, verdict, claim.book.catalog.fact(name))
    return tuple(dict.fromkeys(found))


def _by_fact(claim: Claim, verdict: Verdict, fact: Fact) -> list[Counterfactual]:
    """The first other value of a fact under which the rule would apply, for facts that may be named."""
    if not fact.counterfactual:
        return []
    for option in fact.options:
        judge = Judge(with_fact(claim.facts, fact.name, option.value))
        if judge.verdict(verdict.rule).truth == "true":
            return [Counterfactual(_otherwise(fact, option, verdict.rule.title), fact.name)]
    return []


def _otherwise(fact: Fact, option: Option, title: Text) -> Text:
    """The counterfactual in words."""
    return Text(
        f"如果{fact.label.zh}是「{option.label.zh}」，就符合「{title.zh}」。",
        f"If the {fact.label.en} were “{option.label.en}”, “{title.en}” would apply.",
    )
