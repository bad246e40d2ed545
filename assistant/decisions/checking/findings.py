"""What the checker says of a rule book, and the codes that it says it with."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.decisions.facts import NestedFacts

CODES: Mapping[str, str] = {
    "unreadable": "the file is missing, is not YAML, or says one key twice",
    "bad_form": "a part is missing, is not known, or has the wrong form",
    "not_cel": "a condition or an amount is not a CEL expression",
    "unknown_name": "a condition, an amount or an example names a fact, parameter or function that there is not",
    "ill_typed": "a condition compares unlike things, or an amount does not come to whole minor units of money",
    "unknown_citation": "a cited clause is not in the corpus",
    "superseded_citation": "a cited clause ended while the rule goes on",
    "overlapping_versions": "two versions of one rule are in force on the same day",
    "never_in_force": "the rule ends on or before the day on which it begins",
    "never_applies": "its conditions exclude each other; the message names the smallest set that does",
    "never_decides": "whenever it holds, another rule holds too and gives more, or holds it back",
    "never_shown": "it holds in no example, though it could",
    "no_example": "it has no example",
    "example_failed": "an example does not come out as expected",
    "half_shown": "a condition is true in all examples or false in all: its other side was never tried",
    "conflict": "it and another rule of its rank give the same worth on different terms; only their order decides",
    "takes_away": "it stands in the place of a right of higher rank, and gives less",
    "uncovered_claim": "no rule in force grants a claim that buyers can make",
}
"""Every code that a finding can have. They are stable: scripts may rely on them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a rule book.

    `code` is one of `CODES`; `path` and `line` (1-based) say where, `rule` in which rule. `witness` holds facts, in the
    form that decisions take, under which the fault shows itself.
    """

    path: str
    line: int
    rule: str
    code: str
    message: str
    witness: NestedFacts | None = None
