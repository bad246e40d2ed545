"""What a shop's own rules may say: promises of its rank that cost the shop, and nothing that takes from the buyer."""

from collections.abc import Iterator

from assistant.decisions.book import RuleBook
from assistant.decisions.money.formulas import FORMULAS
from assistant.decisions.rulefile import RuleModel, RulesFile
from assistant.decisions.rules import BUYERS_DEADLINES
from assistant.decisions.sources import Source, Step

_OF_WHAT_WAS_PAID = ("refund", "return_and_refund")

Fault = tuple[str, tuple[Step, ...]]
"""What is wrong, and the way to it in the rule."""


def refuse_less(source: Source, file: RulesFile, book: RuleBook) -> None:
    """Pass a shop's file of rules, over the platform's book.

    Raises:
        BadKnowledge: the first rule that a shop may not make; names file and line.
    """
    taken = {rule.id for rule in book.rules}
    for n, model in enumerate(file.rules):
        for message, way in _faults(model, taken, book.merchant_claims):
            raise source.error(f"{model.id}: {message}", "rules", n, *way)


def _faults(model: RuleModel, taken: set[str], merchants: tuple[str, ...]) -> Iterator[Fault]:
    """All that is wrong with one rule."""
    if model.id in taken:
        yield "a shop adds rules; it can't replace one of the platform's", ("id",)
    if model.rank != "shop":
        yield "a shop's own rules are of the rank `shop`", ("rank",)
    if model.effect == "review":
        yield "a shop grants and adds; it can't send claims to a person", ("effect",)
    if model.as_of != "order":
        yield "a shop's promise holds as of the order's day", ("as_of",)
    for n, claim in enumerate(model.claim):
        if claim in merchants:
            yield f"`{claim}` is a merchant's claim", ("claim", n)
    yield from _faults_in_grant(model)


def _faults_in_grant(model: RuleModel) -> Iterator[Fault]:
    """What a rule would ask of the buyer, or have the platform pay."""
    grant = model.grant
    if grant.return_freight == "platform":
        yield "a shop can't have the platform pay the freight", ("grant", "return_freight")
    if grant.advance is not None:
        yield "a shop can't have the platform advance money", ("grant", "advance")
    if grant.notes:
        yield "notes steer the platform's own steps; a shop has none", ("grant", "notes")
    if model.effect == "add" and grant.evidence:
        yield "a rule that adds can't ask for more evidence", ("grant", "evidence")
    if grant.remedy in _OF_WHAT_WAS_PAID and grant.amount not in FORMULAS:
        yield f"a refund is one of {', '.join(FORMULAS)}; money beside it is compensation", ("grant", "amount")
    for name in BUYERS_DEADLINES & grant.deadlines.keys():
        yield "a shop can't set the buyer a time", ("grant", "deadlines", name)
