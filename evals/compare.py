"""Two runs beside each other: which cases flipped, how the figures moved, and whether that is worse."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.metrics import paired_difference
from evals.report import read_run
from evals.results import CaseResult, Run, SuiteResult

TOLERANCE = 0.02
"""By how much a suite's pass rate or a floored figure may fall before the gate closes."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that passes in one run and fails in the other; `why` is the failure's."""

    case: str
    why: str


@dataclass(frozen=True, slots=True)
class SuiteChange:
    """One suite in both runs.

    `change` is that of the pass rate over the cases that both runs have, with its 95% interval. `figures` are the
    changes of all figures.
    """

    name: str
    broken: tuple[Flip, ...]
    fixed: tuple[Flip, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    change: float
    low: float
    high: float
    figures: Mapping[str, float]
    worse: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared; `missing` are suites that only the first run has."""

    suites: tuple[SuiteChange, ...]
    missing: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing got worse by more than the tolerance."""
        return not self.missing and not any(suite.worse for suite in self.suites)

    @property
    def rows(self) -> tuple[str, ...]:
        """Lines for the terminal."""
        lines = [line for suite in self.suites for line in _lines(suite)]
        return (*lines, *(f"GONE {name}: the second run did not run it" for name in self.missing))


def compare_runs(dir_a: Path, dir_b: Path, tolerance: float = TOLERANCE) -> Comparison:
    """Compare the runs written into two folders: what changed from the first to the second.

    Raises:
        BadInput: a folder holds no run.
    """
    return compare(read_run(Path(dir_a)), read_run(Path(dir_b)), tolerance)


def compare(before: Run, after: Run, tolerance: float = TOLERANCE) -> Comparison:
    """Compare two runs."""
    later = {suite.name: suite for suite in after.suites}
    pairs = [(suite, later[suite.name]) for suite in before.suites if suite.name in later]
    missing = tuple(suite.name for suite in before.suites if suite.name not in later)
    return Comparison(tuple(_change(a, b, tolerance) for a, b in pairs), missing)


def _change(a: SuiteResult, b: SuiteResult, tolerance: float) -> SuiteChange:
    old, new = {case.name: case for case in a.cases}, {case.name: case for case in b.cases}
    both = [name for name in old if name in new]
    broken = tuple(_flip(new[name]) for name in both if old[name].passed and not new[name].passed)
    fixed = tuple(_flip(old[name]) for name in both if new[name].passed and not old[name].passed)
    change, low, high = paired_difference(len(broken), len(fixed), len(both))
    moved = {name: b.figures[name].value - one.value for name, one in a.figures.items() if name in b.figures}
    return SuiteChange(
        a.name, broken, fixed, tuple(n for n in new if n not in old), tuple(n for n in old if n not in new),
        change, low, high, moved, tuple(_worse(a, b, change, moved, tolerance)),
    )


def _worse(
    a: SuiteResult, b: SuiteResult, change: float, moved: Mapping[str, float], tolerance: float
) -> Iterable[str]:
    """What closes the gate: fewer passes, a floored figure that fell, or an unsafe write that was not there."""
    if change < -tolerance:
        yield f"passes fell by {-change:.3f}"
    for name in b.floors:
        if name != "passed" and not moved.get(name, 0.0) >= -tolerance:      # NaN counts as worse
            yield f"{name} fell by {-moved[name]:.3f}"
    more = b.causes["unsafe write"] - a.causes["unsafe write"]
    if more > 0:
        yield f"{more} more unsafe writes"


def _flip(failed: CaseResult) -> Flip:
    first = failed.worst.failures[0]
    return Flip(failed.name, f"{first.cause}: {first.message}")


def _lines(suite: SuiteChange) -> list[str]:
    interval = f"[{suite.low:+.3f}, {suite.high:+.3f}]"
    head = f"{'WORSE' if suite.worse else 'ok   '} {suite.name}: {suite.change:+.3f} {interval}"
    counts = f"{len(suite.broken)} broken, {len(suite.fixed)} fixed, {len(suite.new)} new, {len(suite.gone)} gone"
    return [
        f"{head}  {counts}",
        *(f"      {one}" for one in suite.worse),
        *(f"      - {flip.case}: {flip.why}" for flip in suite.broken),
        *(f"      + {flip.case}" for flip in suite.fixed),
    ]
