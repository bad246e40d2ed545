"""The examples of a book at work: what every rule came to under each of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.decisions.book import RuleBook
from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.places import Places
from assistant.decisions.claim import Claim
from assistant.decisions.conditions import Condition
from assistant.decisions.decision import Truth
from assistant.decisions.engine import claim_before
from assistant.decisions.examples import ExampleResult, facts_of_example, moment_of
from assistant.decisions.facts import NestedFacts
from assistant.decisions.rules import Requirement


@dataclass(frozen=True, slots=True)
class Showing:
    """An example: the facts that it gives, and the claim on them with each rule's verdict."""

    given: NestedFacts
    claim: Claim
    _truths: dict[str, Truth] = field(default_factory=dict, repr=False, compare=False)

    def truth(self, condition: Condition) -> Truth:
        """What a condition comes to here, computed once."""
        known = self._truths.get(condition.expression)
        if known is None:
            known = self._truths[condition.expression] = self.claim.judge.truth(condition)
        return known


def showings(book: RuleBook, results: Iterable[ExampleResult]) -> list[Showing]:
    """Every example whose facts are sound."""
    now = moment_of(book)
    found = []
    for result in results:
        given = facts_of_example(result.example.given, result.example.claim, now)
        claim = claim_before(book, given, now) if result.decision is not None else None
        if claim is not None:
            found.append(Showing(given, claim))
    return found


class Tried:
    """Which truths each condition had over the examples.

    A requirement, whose failure is told to the buyer, counts where a rule that makes it is about the situation. A
    condition that only selects situations counts anywhere.
    """

    def __init__(self, shown: Sequence[Showing]) -> None:
        self._shown = shown
        self._required: set[tuple[str, Truth]] = set()
        for showing in shown:
            for verdict in showing.claim.verdicts:
                if verdict.relevant:
                    self._required |= {(part.condition.expression, truth) for part, truth in verdict.parts()}

    def missing(self, part: Requirement) -> list[Truth]:
        """The truths, of true and false, that no example shows."""
        if part.because is None:
            truths = {showing.truth(part.condition) for showing in self._shown}
            return [side for side in _SIDES if side not in truths]
        return [side for side in _SIDES if (part.condition.expression, side) not in self._required]


_SIDES: tuple[Truth, Truth] = ("true", "false")


def half_shown(book: RuleBook, shown: Sequence[Showing], places: Places) -> Iterator[Finding]:
    """Conditions that no example makes true, or none makes false."""
    tried = Tried(shown)
    for rule in book.rules:
        for key, parts in (("when", rule.when), ("unless", rule.unless)):
            for n, part in enumerate(parts):
                for side in tried.missing(part):
                    message = f"no example makes `{part.condition.expression}` {side}"
                    yield places.finding(rule, "half_shown", message, key, n)
