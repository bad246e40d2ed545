"""A grant: the best offer, what lower ranks add to it, and everything dated and counted."""

from collections.abc import Iterable, Sequence

from assistant.decisions.claim import Claim
from assistant.decisions.decision import Deadline, Decision
from assistant.decisions.judging import Offer
from assistant.decisions.retaining import retention_before
from assistant.decisions.rules import BUYERS_DEADLINES, FREIGHT, Grant, Rule
from assistant.decisions.windows import NOT_ANNOUNCED, calendar_note, until
from assistant.decisions.workdays import Due, Span

Ends = dict[str, tuple[Span, Due]]
"""For each event the time that it may take, and when that ends."""


def granted(claim: Claim, best: Offer, grants: Sequence[Offer], instead_of: Offer | None = None) -> Decision:
    """The decision that gives `best`, cites every rule that applies, and takes in what others add.

    `instead_of` is what the platform's rules give where `best` is a shop's own promise: its terms hold on.
    """
    grant = best.rule.grant
    floor = _floor(grant, instead_of.rule.grant) if instead_of else []
    remedies = {one.remedy for one in (grant, *floor)}
    additions = [
        v.rule for v in claim.verdicts
        if v.rule.effect == "add" and v.truth == "true" and not remedies.isdisjoint(v.rule.adds_to)
    ]
    giving = [grant, *floor, *(rule.grant for rule in additions)]
    ends = _ends(claim, giving)
    words = claim.book.words
    dates = tuple(Deadline(name, words.deadline(name), end.at) for name, (span, end) in ends.items() if span.count)
    announced = all(end.announced for _, end in ends.values())
    notes = {**_notes(giving), **_advance(claim, best, additions), **_at_once(ends)}
    notes |= calendar_note(claim, [best.verdict]) if announced else NOT_ANNOUNCED
    return claim.decision(
        "grant", remedy=grant.remedy, rule=best.rule.id, title=best.rule.title, amount=best.amount,
        return_freight=_freight(giving),
        evidence=tuple(dict.fromkeys(e for g in giving for e in g.evidence)),
        deadlines=dates, notes=notes,
        because=(best.rule.because, *(rule.because for rule in additions)),
        citations=_citations([best.rule, *additions, *(offer.rule for offer in grants)]),
        counterfactuals=until(claim, best.verdict, still_open=True), retention=retention_before(claim, best),
    )


def _floor(grant: Grant, theirs: Grant) -> list[Grant]:
    """What stays of the platform's grant beside a shop's own: all of it, or how long the money may take at most."""
    if grant.remedy != "refund" or theirs.remedy == "refund":
        return [theirs]
    return [Grant("refund", deadlines=(("refund", theirs.after_return),))] if theirs.after_return else []


def _freight(giving: Sequence[Grant]) -> str | None:
    """Who pays for sending back: whoever is best for the buyer; None where nothing is sent."""
    payers = [grant.return_freight for grant in giving if grant.return_freight]
    return max(payers, key=lambda payer: FREIGHT[payer], default=None)


def _citations(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Every clause that the rules cite, each once, in order."""
    return tuple(dict.fromkeys(cite for rule in rules for cite in rule.cites))


def _at_once(ends: Ends) -> dict[str, str]:
    """What is due without delay; a deadline of this very minute would be past by the time it is read."""
    names = [name for name, (span, _) in ends.items() if not span.count]
    return {"at_once": ",".join(names)} if names else {}


def _ends(claim: Claim, giving: Sequence[Grant]) -> Ends:
    """When each event ends that some grant names: the buyer's at the latest of the times, all others at the soonest."""
    ends: Ends = {}
    for name, span in dict.fromkeys(pair for grant in giving for pair in grant.deadlines):
        end = claim.judge.calendar.due(claim.now, span)
        better = max if name in BUYERS_DEADLINES else min
        ends[name] = better(ends.get(name, (span, end)), (span, end), key=lambda pair: pair[1].at)
    return ends


def _notes(giving: Sequence[Grant]) -> dict[str, str]:
    """What has no date yet, such as how soon after the goods are back the money is."""
    notes = {key: value for grant in giving for key, value in grant.notes.items()}
    after = [grant.after_return for grant in giving if grant.after_return]
    if after:
        notes["refund_after_goods_back"] = str(min(after, key=lambda span: span.roughly))
    return notes


def _advance(claim: Claim, best: Offer, additions: Sequence[Rule]) -> dict[str, str]:
    """How much is paid before the goods are back."""
    advances = [claim.judge.amount(rule.grant.advance, rule) for rule in additions]
    advanced = max((amount.fen for amount in advances if amount), default=0)
    return {"advance_fen": str(min(advanced, best.amount.fen))} if advanced and best.amount else {}
