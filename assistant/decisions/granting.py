"""A grant: the best offer, what lower ranks add to it, and everything dated and counted."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from assistant.decisions.claim import Claim
from assistant.decisions.decision import Deadline, Decision
from assistant.decisions.judging import Offer
from assistant.decisions.rules import FREIGHT, Grant, Rule
from assistant.decisions.windows import until
from assistant.decisions.workdays import Span, due

_UNIT = {"h": timedelta(hours=1), "d": timedelta(days=1), "wd": timedelta(days=1), "m": timedelta(days=30)}


def granted(claim: Claim, best: Offer, grants: Sequence[Offer]) -> Decision:
    """The decision that gives `best`, cites every rule that applies, and takes in what others add."""
    grant = best.rule.grant
    additions = [
        v.rule for v in claim.verdicts
        if v.rule.effect == "add" and v.truth == "true" and grant.remedy in v.rule.adds_to
    ]
    giving = [grant, *(rule.grant for rule in additions)]
    dates, announced = _deadlines(claim, giving)
    notes = {**_notes(claim, best, additions), **_at_once(giving)}
    notes |= {} if announced else {"calendar": "not_yet_announced"}
    return claim.decision(
        "grant", remedy=grant.remedy, rule=best.rule.id, title=best.rule.title, amount=best.amount,
        return_freight=_freight(giving),
        evidence=tuple(dict.fromkeys(e for g in giving for e in g.evidence)),
        deadlines=dates, notes=notes,
        because=(best.rule.because, *(rule.because for rule in additions)),
        citations=_citations([best.rule, *additions, *(offer.rule for offer in grants)]),
        counterfactuals=until(claim, best.verdict, still_open=True),
    )


def _freight(giving: Sequence[Grant]) -> str | None:
    """Who pays for sending back: whoever is best for the buyer; None where nothing is sent."""
    payers = [grant.return_freight for grant in giving if grant.return_freight]
    return max(payers, key=lambda payer: FREIGHT[payer], default=None)


def _citations(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Every clause that the rules cite, each once, in order."""
    return tuple(dict.fromkeys(cite for rule in rules for cite in rule.cites))


def _deadlines(claim: Claim, giving: Sequence[Grant]) -> tuple[tuple[Deadline, ...], bool]:
    """The dated events that are still to come, and whether all rest on a published calendar."""
    ends = {name: due(claim.now, span) for name, span in _spans(giving).items() if span.count}
    dates = tuple(Deadline(name, claim.book.words.deadline(name), end.at) for name, end in ends.items())
    return dates, all(end.announced for end in ends.values())


def _at_once(giving: Sequence[Grant]) -> dict[str, str]:
    """What is due without delay; a deadline of this very minute would be past by the time it is read."""
    names = [name for name, span in _spans(giving).items() if not span.count]
    return {"at_once": ",".join(names)} if names else {}


def _spans(giving: Sequence[Grant]) -> dict[str, Span]:
    """The time each event may take; the first grant to name one wins."""
    spans: dict[str, Span] = {}
    for grant in giving:
        for name, span in grant.deadlines:
            spans.setdefault(name, span)
    return spans


def _notes(claim: Claim, best: Offer, additions: Sequence[Rule]) -> dict[str, str]:
    """What has no date yet: how soon after the goods are back, and how much is advanced before."""
    giving = [best.rule.grant, *(rule.grant for rule in additions)]
    notes = {key: value for grant in giving for key, value in grant.notes.items()}
    after = [grant.after_return for grant in giving if grant.after_return]
    if after:
        notes["refund_after_goods_back"] = str(min(after, key=lambda span: span.count * _UNIT[span.unit]))
    advances = [claim.judge.amount(rule.grant.advance, rule) for rule in additions]
    advanced = max((amount.fen for amount in advances if amount), default=0)
    if advanced and best.amount:
        notes["advance_fen"] = str(min(advanced, best.amount.fen))
    return notes
