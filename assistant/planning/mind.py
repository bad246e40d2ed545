"""What a planner thinks with."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.decisions.book import RuleBook
from assistant.planning.step import Plan, Situation
from assistant.understanding.reading import Reading
from knowledge.service import Knowledge


@dataclass(frozen=True, slots=True)
class Mind:
    """What the planner thinks with: the rule book and the knowledge. Both only read."""

    book: RuleBook
    knowledge: Knowledge


Move = Callable[[Reading, Situation, Mind], Plan | None]
"""A kind of next step: it plans one where it has something to do."""
