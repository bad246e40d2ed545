"""Guards: single facts that a rule's situation hangs on, by which rules are passed over before they are computed.

A rule for fresh food has nothing to say of a phone. Its condition `item.category == 'fresh'` selects the situation, so
once the category is known to be another, the rule is false, no refusal mentions it, and no answer can open it again.
Passing it over changes no decision; the proof then holds the rules that are about this situation, near misses included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.decisions.plain import comparisons


@dataclass(frozen=True, slots=True)
class Guard:
    """A fact and the values under which a rule can still apply; while it is not known it excludes nothing."""

    namespace: str
    key: str
    allowed: frozenset[str | bool]

    def excludes(self, facts: Mapping[str, Mapping[str, Any]]) -> bool:
        """True when the fact is known to be something else."""
        value = facts[self.namespace].get(self.key) if self.namespace in facts else None
        return value is not None and value not in self.allowed


def guards_of(selecting: Iterable[str]) -> tuple[Guard, ...]:
    """The guards in the expressions that select a rule's situation.

    Only what one fact settles alone counts: `fact`, `!fact`, `fact == 'a'`, `fact in ['a', 'b']`, joined by `&&`.
    Anything with `||` or brackets may hold for another reason and guards nothing.
    """
    compared = (one for expression in selecting for one in comparisons(expression))
    return tuple(dict.fromkeys(Guard(one.namespace, one.key, one.allowed) for one in compared if one.allowed))
