"""What a run came to: suites, cases, trials, and why a trial failed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from evals.metrics import Figure

Cause = Literal["retrieval", "reading", "rule", "amount", "unsafe write", "dialogue", "simulator"]
CAUSES: tuple[Cause, ...] = ("unsafe write", "amount", "rule", "reading", "retrieval", "dialogue", "simulator")
"""From the gravest to the one that is our own: a script that could not go on."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that did not hold: where the fault most likely lies, and what was wanted and came."""

    cause: Cause
    message: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One try of a case. `scores` are numbers that the suite's figures are made of; `detail` is for people."""

    failures: tuple[Failure, ...] = ()
    scores: Mapping[str, Any] = field(default_factory=dict)
    detail: Any = None
    milliseconds: float = 0.0

    @property
    def passed(self) -> bool:
        """True when every expectation held."""
        return not self.failures

    @property
    def cause(self) -> Cause | None:
        """The gravest cause of failure."""
        causes = {failure.cause for failure in self.failures}
        return next((cause for cause in CAUSES if cause in causes), None)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and its trials; it passes when all of them do."""

    name: str
    language: str
    tags: tuple[str, ...]
    trials: tuple[Trial, ...]

    @property
    def passed(self) -> bool:
        """True when all trials passed."""
        return all(trial.passed for trial in self.trials)

    @property
    def worst(self) -> Trial:
        """The first trial that failed, or the first one."""
        return next((trial for trial in self.trials if not trial.passed), self.trials[0])


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """A suite's cases and figures; `floors` are the figures that it had to reach."""

    name: str
    kind: str
    about: str
    k: int
    cases: tuple[CaseResult, ...]
    figures: Mapping[str, Figure]
    floors: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def missed(self) -> tuple[str, ...]:
        """What keeps the suite from being good: floors that were missed, figures that are no numbers, unsafe writes."""
        floors = self.floors or {"passed": 1.0}
        said = [_missed(name, floor, self.figures.get(name)) for name, floor in floors.items()]
        broken = [f"{name} is not a number" for name, figure in self.figures.items() if not figure.is_number]
        unsafe = self.causes["unsafe write"]
        return (*filter(None, said), *broken, *([f"{unsafe} unsafe writes"] if unsafe else []))

    @property
    def ok(self) -> bool:
        """True when nothing was missed."""
        return not self.missed

    @property
    def causes(self) -> Counter[str]:
        """How many cases failed, by their gravest cause."""
        return Counter(case.worst.cause for case in self.cases if case.worst.cause)


def _missed(name: str, floor: float, figure: Figure | None) -> str:
    if figure is None:
        return f"there is no figure {name}"
    return "" if figure.value >= floor else f"{name} is {figure.value:.3f}, below {floor:g}"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of suites."""

    suites: tuple[SuiteResult, ...]
    started_at: str
    version: str = ""
    reader: str = "embedded"
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """True when every suite reached its floors."""
        return all(suite.ok for suite in self.suites)

    @property
    def summary(self) -> tuple[str, ...]:
        """One line for each suite, for the terminal."""
        return tuple(line for suite in self.suites for line in _lines(suite))


def _lines(suite: SuiteResult) -> list[str]:
    figures = "  ".join(f"{name} {_short(figure)}" for name, figure in suite.figures.items())
    causes = ", ".join(f"{count} {cause}" for cause, count in suite.causes.most_common())
    verdict = "ok  " if suite.ok else "FAIL"
    head = f"{verdict} {suite.name} ({suite.kind}, {len(suite.cases)} cases, {suite.seconds:.1f} s)"
    lines = [head, f"     {figures}"]
    return lines + [f"     failed: {causes}"] * bool(causes) + [f"     missed: {one}" for one in suite.missed]


def _short(figure: Figure) -> str:
    interval = f" [{figure.low:.2f}, {figure.high:.2f}]" if figure.low is not None and figure.high is not None else ""
    return f"{figure.value:.3f}{interval}"
