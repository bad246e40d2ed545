"""Rules that get in each other's way: conflicts within a rank, and rights that a lower rank takes away.

The engine gives the buyer the best of what applies. That leaves two ways to go wrong. Two rules of one rank may be
worth the same and yet differ in their terms: then nothing but their order in the files decides. And a rule of lower
rank may win by the kind of its remedy, or by a preference, though it gives less than the right that it displaces.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.decisions.book import RuleBook
from assistant.decisions.checking.clashes import excluded, nodes_of
from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.places import Places
from assistant.decisions.checking.showings import Showing
from assistant.decisions.checking.witness import witness
from assistant.decisions.claim import Claim, holding_level, is_held
from assistant.decisions.facts import FactCatalog, NestedFacts
from assistant.decisions.judging import Offer
from assistant.decisions.rules import BUYERS_DEADLINES, FREIGHT, REMEDIES, Grant, Rule
from assistant.decisions.workdays import Span

_HOURS = {"h": 1.0, "d": 24.0, "wd": 36.0, "m": 720.0}
"""How long each unit is, roughly, so that deadlines in different units can be compared."""

Pair = frozenset[tuple[str, int]]
"""Two rules, by where they stand."""


@dataclass(frozen=True, slots=True)
class Rivalry:
    """One rule against another: `winner` decides, `loser` would have said otherwise in the matter of `about`."""

    code: str
    winner: Rule
    loser: Rule
    about: str

    @property
    def pair(self) -> Pair:
        """The two rules, whichever wins."""
        return _pair(self.winner, self.loser)

    def message(self, others: int) -> str:
        """The rivalry in words; `others` says how many more rules the winner stands against in this way."""
        loser = f"{self.loser.id} ({self.loser.path}:{self.loser.line})"
        more = f"; so it does to {others} more" if others else ""
        if self.code == "conflict":
            return f"as good as {loser} of the same rank, with another {self.about}: give one of them a `prefer`{more}"
        return f"stands in the place of {loser} of higher rank and gives less: {self.about}{more}"


def rivalries(book: RuleBook, shown: Sequence[Showing], places: Places) -> Iterator[Finding]:
    """Each rule in the way of others, with facts that show it: an example's, or changed from one."""
    found: dict[Pair, tuple[Rivalry, NestedFacts]] = {}
    for showing in shown:
        for rivalry in rivalries_in(showing.claim):
            found.setdefault(rivalry.pair, (rivalry, showing.given))
    for one, other in possible_pairs(book):
        met = witness(book, one, other, shown) if _pair(one, other) not in found else None
        if met is not None:
            for rivalry in rivalries_in(met.claim):
                found.setdefault(rivalry.pair, (rivalry, met.given))
    return _told(list(found.values()), places)


def _told(found: Sequence[tuple[Rivalry, NestedFacts]], places: Places) -> Iterator[Finding]:
    """One finding for each rule and code, about the strongest rule that it stands against."""
    by_winner: dict[tuple[str, str, int], list[tuple[Rivalry, NestedFacts]]] = {}
    for rivalry, facts in found:
        by_winner.setdefault((rivalry.code, rivalry.winner.path, rivalry.winner.line), []).append((rivalry, facts))
    for group in by_winner.values():
        rivalry, facts = min(group, key=lambda one: one[0].loser.level)
        yield places.finding(rivalry.winner, rivalry.code, rivalry.message(len(group) - 1), witness=facts)


def _pair(one: Rule, other: Rule) -> Pair:
    return frozenset({(one.path, one.line), (other.path, other.line)})


def rivalries_in(claim: Claim) -> Iterator[Rivalry]:
    """The rivalries between the rules that apply to one claim."""
    offers, best = _free_offers(claim), _best(claim)
    if best is None:
        return
    for offer in (offer for offer in offers if offer.rule is not best.rule):
        if offer.rule.level == best.rule.level and offer.favour[:4] == best.favour[:4]:
            terms = differing_terms(best.rule.grant, offer.rule.grant)
            yield from (Rivalry("conflict", best.rule, offer.rule, term) for term in terms[:1])
        elif offer.rule.level < best.rule.level:
            lost = what_is_lost(best, offer, claim)
            if lost and not _is_had_otherwise(offer, claim):
                yield Rivalry("takes_away", best.rule, offer.rule, lost)


def _free_offers(claim: Claim) -> list[Offer]:
    """What the rules give that apply and that no review holds back."""
    held = holding_level(claim)
    return [offer for offer in claim.offers("grant", "true") if not is_held(offer, held)]


def _best(claim: Claim) -> Offer | None:
    return max(_free_offers(claim), key=lambda offer: offer.favour, default=None)


def _is_had_otherwise(right: Offer, claim: Claim) -> bool:
    """True when the buyer has a right, or nothing less, by naming another of the wishes that it answers."""
    others = [other for other in claim.others() if other.kind in right.rule.claims]
    bests = [(other, _best(other)) for other in others]
    return any(best is not None and not what_is_lost(best, right, other) for other, best in bests)


def differing_terms(one: Grant, other: Grant) -> list[str]:
    """The terms beside money that two grants both name and differ in; what only one names is no contradiction."""
    mine, theirs = _times(one), _times(other)
    terms = [f"time for `{name}`" for name in mine if name in theirs and mine[name] != theirs[name]]
    return [*(["remedy"] if one.remedy != other.remedy else []), *terms]


def _times(grant: Grant) -> dict[str, Span]:
    """How long each event may take, with the refund once the goods are back."""
    after = {"refund after the return": grant.after_return} if grant.after_return else {}
    return {**dict(grant.deadlines), **after}


def what_is_lost(winner: Offer, right: Offer, claim: Claim) -> str:
    """What a buyer loses by a lower rule that wins over a right; empty when nothing."""
    given, due = winner.amount, right.amount
    freight = claim.facts["order"].get("freight_fen", 0)  # who keeps the goods has no freight to get back
    if given and due and given.fen + freight < due.fen:
        return f"{given.fen} in place of {due.fen}"
    if given and due and given.fen > due.fen:
        return ""
    if winner.rule.grant.return_freight == "buyer" and FREIGHT[right.rule.grant.return_freight] > 1:
        return "the buyer pays for sending back"
    return _later(winner.rule.grant, right.rule.grant)


def _later(winner: Grant, right: Grant) -> str:
    """The first deadline of the shop that is later under the winner; empty when none is."""
    mine, theirs = _times(winner), _times(right)
    for name in (name for name in mine if name in theirs and name not in BUYERS_DEADLINES):
        if _hours(mine[name]) > _hours(theirs[name]):
            return f"{name} within {_written(mine[name])} in place of {_written(theirs[name])}"
    return ""


def _hours(span: Span) -> float:
    return span.count * _HOURS[span.unit]


def _written(span: Span) -> str:
    return f"{span.count}{span.unit}"


# -- which pairs are worth a search

def possible_pairs(book: RuleBook) -> Iterator[tuple[Rule, Rule]]:
    """The pairs of grants that could be rivals, by what they say, and that can hold together as far as is known."""
    grants = [rule for rule in book.rules if rule.effect == "grant"]
    for one, other in combinations(grants, 2):
        if _could_be_rivals(one, other) and _may_meet(one, other, book.catalog):
            yield one, other


def _could_be_rivals(one: Rule, other: Rule) -> bool:
    """True when the terms of two rules, before any facts, leave room for a rivalry."""
    if one.level == other.level:
        a, b = one.grant, other.grant
        fixed = [(_worth(g), FREIGHT[g.return_freight], g.prefer, g.amount is None) for g in (a, b)]
        return fixed[0] == fixed[1] and bool(differing_terms(a, b))
    right, lower = sorted((one, other), key=lambda rule: rule.level)
    if _worth(lower.grant) < _worth(right.grant):
        return False
    both_pay = lower.grant.amount is not None and right.grant.amount is not None
    less = both_pay and _worth(lower.grant) > _worth(right.grant)
    dearer = lower.grant.return_freight == "buyer" and FREIGHT[right.grant.return_freight] > 1
    return less or dearer or bool(_later(lower.grant, right.grant))


def _worth(grant: Grant) -> int:
    return REMEDIES.get(grant.remedy or "", 0)


def _may_meet(one: Rule, other: Rule, catalog: FactCatalog) -> bool:
    """False when two rules are never in force together on one claim, or exclude each other."""
    claims = [claim for claim in one.claims if claim in other.claims]
    begins = max(one.in_force_from, other.in_force_from)
    ends = [rule.in_force_to for rule in (one, other) if rule.in_force_to]
    if not claims or any(end <= begins for end in ends):
        return False
    return not excluded([*nodes_of(one), *nodes_of(other)], catalog, {"claim.kind": claims})
