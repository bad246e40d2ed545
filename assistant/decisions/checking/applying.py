"""Rules that never apply, never decide, or are never shown at work."""

from collections.abc import Iterator, Sequence

from assistant.decisions.book import RuleBook
from assistant.decisions.checking.clashes import clash, excluded, nodes_of
from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.logic import Junction
from assistant.decisions.checking.places import Places
from assistant.decisions.checking.showings import Showing
from assistant.decisions.facts import FactCatalog
from assistant.decisions.rules import REMEDIES, Rule

Key = tuple[str, int]


def never_applying(book: RuleBook, shown: Sequence[Showing], places: Places) -> Iterator[Finding]:
    """Rules without a day in force, with conditions that exclude each other, or for want of an example."""
    at_work = {_key(v.rule) for showing in shown for v in showing.claim.verdicts if v.truth == "true"}
    for rule in book.rules:
        if rule.in_force_to is not None and rule.in_force_to <= rule.in_force_from:
            message = f"it ends on {rule.in_force_to}, before it begins on {rule.in_force_from}"
            yield places.finding(rule, "never_in_force", message, "in_force", "to")
        elif parts := clash(rule, book.catalog):
            yield places.finding(rule, "never_applies", _exclusion(parts), *_place(rule, parts[-1]))
        elif rule.examples and _key(rule) not in at_work:
            yield places.finding(rule, "never_shown", "it holds in none of the examples, though it could")


def _exclusion(parts: Sequence[str]) -> str:
    """The clash in words."""
    return f"{parts[0]} can't be" if len(parts) == 1 else f"these exclude each other: {', '.join(parts)}"


def _place(rule: Rule, part: str) -> tuple[str, int]:
    """Where a part stands that is named as people read it."""
    for key, parts in (("when", rule.when), ("unless", rule.unless)):
        for n, one in enumerate(parts):
            if f"`{one.condition.expression}`" in part and part.startswith("not ") == (key == "unless"):
                return key, n
    return "when", 0


def never_deciding(book: RuleBook, shown: Sequence[Showing], places: Places) -> Iterator[Finding]:
    """Grants that another rule always betters or holds back, wherever they apply."""
    apart = _seen_apart(shown)
    for rule in (rule for rule in book.rules if rule.effect == "grant"):
        for other in book.rules:
            if (_key(rule), _key(other)) in apart or not _overrules(other, rule):
                continue
            if implies(rule, other, book.catalog):
                does = "holds it back" if other.effect == "review" else "gives more"
                message = f"wherever it applies, {other.id} ({other.path}:{other.line}) applies too and {does}"
                yield places.finding(rule, "never_decides", message)
                break


def implies(rule: Rule, other: Rule, catalog: FactCatalog) -> bool:
    """True when it is proved that `other` applies wherever `rule` does."""
    given, fixed = nodes_of(rule), {"claim.kind": rule.claims}
    return all(excluded([Junction("unsure", (part,)), *given], catalog, fixed) for part in nodes_of(other))


def _overrules(other: Rule, rule: Rule) -> bool:
    """True when `other` decides wherever both apply: it holds grants of this rank back, or its remedy is worth more."""
    if other is rule or other.level > rule.level or not set(rule.claims) <= set(other.claims):
        return False
    lasts = other.in_force_to is None or (rule.in_force_to is not None and rule.in_force_to <= other.in_force_to)
    if other.in_force_from > rule.in_force_from or not lasts:
        return False
    worth, own = (REMEDIES.get(one.grant.remedy or "", 0) for one in (other, rule))
    return other.effect == "review" or (other.effect == "grant" and worth > own)


def _seen_apart(shown: Sequence[Showing]) -> set[tuple[Key, Key]]:
    """The pairs of which an example shows that the first can apply without the second."""
    apart: set[tuple[Key, Key]] = set()
    for showing in shown:
        verdicts = showing.claim.verdicts
        applying = [_key(v.rule) for v in verdicts if v.truth == "true"]
        silent = [_key(v.rule) for v in verdicts if v.truth != "true"]
        apart |= {(one, other) for one in applying for other in silent}
    return apart


def _key(rule: Rule) -> Key:
    """What tells a rule from all others, its other versions included."""
    return rule.path, rule.line
