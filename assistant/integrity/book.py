"""The risk book: what is worth a look, what a rule decides of a report, what findings lead to.

It is `knowledge/rules/risk.yaml`, the fourth book beside eligibility, escalation and inspection, over the same
conditions. A platform lays its own file over it: entries of a known id replace the shipped ones, others are added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.decisions.conditions import Condition, compile_condition
from assistant.decisions.sources import Source, TextModel, read_source
from assistant.decisions.workdays import Span, parse_span
from knowledge.text import Text

SHIPPED = Path(__file__).parents[2] / "knowledge" / "rules" / "risk.yaml"
SIGNAL_FACTS = frozenset({
    "order.sent_weight_g", "order.returned_weight_g", "buyer.returns_12m", "buyer.returns_percent",
    "shop.returns_percent", "address.accounts", "picture.reused", "picture.labelled_generated", "picture.edited",
    "picture.days_before_delivery", "picture.devices",
})
REPORT_FACTS = frozenset({
    "report.kind", "report.pictures", "report.serial_given", "report.days_since_done", "report.buyer_asked",
    "report.buyer_answered", "report.buyer_admits", "order.sent_weight_g", "order.returned_weight_g",
})
FILE_FACTS = frozenset({"file.findings", "file.gravest", "file.shops"})
"""What each kind of condition may look at. Reports and findings can't see signals."""

Result = Literal["upheld", "dismissed"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing worth a look. `weight` is 1 to 50 of 100, so that no single one reaches the highest level."""

    id: str
    condition: Condition
    weight: int
    reason: Text
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """One rule that settles a report without a person."""

    id: str
    condition: Condition
    result: Result
    because: Text
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What findings that stand lead to, for how long after the newest of them; `level` orders them from 1 to 4."""

    id: str
    condition: Condition
    level: int
    lasts: Span
    label: Text
    because: Text
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a merchant can report; `grade` is 1 for the gravest."""

    label: Text
    grade: int


@dataclass(frozen=True, slots=True)
class RiskBook:
    """All of it. `levels` are from which weight on a warning is called `look` or `check`."""

    signals: tuple[Signal, ...]
    levels: Mapping[str, int]
    kinds: Mapping[str, Kind]
    decides: tuple[Deciding, ...]
    consequences: tuple[Consequence, ...]
    windows: Mapping[str, Span]
    labels: Mapping[str, Text]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Signal(_Strict):
    id: str
    when: str
    weight: int = Field(ge=1, le=50)
    reason: TextModel
    cites: list[str] = Field(min_length=1)


class _Deciding(_Strict):
    id: str
    when: str
    decides: Result
    because: TextModel
    cites: list[str] = Field(min_length=1)


class _Consequence(_Strict):
    id: str
    when: str
    level: int = Field(ge=1, le=4)
    lasts: str
    label: TextModel
    because: TextModel
    cites: list[str] = Field(min_length=1)


class _Window(_Strict):
    span: str
    label: TextModel
    source: str


class _Kind(_Strict):
    label: TextModel
    grade: int = Field(ge=1, le=3)


class _Levels(_Strict):
    low: int
    look: int
    check: int


class _File(_Strict):
    parameters: dict[str, int] = {}
    windows: dict[str, _Window] = {}
    kinds: dict[str, _Kind] = {}
    levels: _Levels | None = None
    signals: list[_Signal] = []
    decides: list[_Deciding] = []
    consequences: list[_Consequence] = []


def load_risk(*paths: Path) -> RiskBook:
    """The shipped book with the files at `paths` laid over it.

    Raises:
        BadKnowledge: a file is wrong; names file, line and what is wrong.
    """
    sources = [read_source(path) for path in (SHIPPED, *paths)]
    files = [(source.parse(_File), source) for source in sources]
    figures = {name: value for file, _ in files for name, value in file.parameters.items()}
    kinds = {name: one for file, _ in files for name, one in file.kinds.items()}
    windows = {name: (one, _Place(source, ("windows", name)))
               for file, source in files for name, one in file.windows.items()}
    return RiskBook(
        signals=tuple(_signal(one, at, figures) for one, at in _laid_over(files, "signals")),
        decides=tuple(_deciding(one, at, figures) for one, at in _laid_over(files, "decides")),
        consequences=tuple(_consequence(one, at, figures) for one, at in _laid_over(files, "consequences")),
        levels=next(file.levels for file, _ in reversed(files) if file.levels).model_dump(),
        kinds={name: Kind(one.label.text(), one.grade) for name, one in kinds.items()},
        windows={name: _span(one.span, at) for name, (one, at) in windows.items()},
        labels={name: one.label.text() for name, (one, _) in windows.items()},
    )


@lru_cache(maxsize=1)
def default_risk() -> RiskBook:
    """The shipped book, read once."""
    return load_risk()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry stands, for its errors."""

    source: Source
    steps: tuple[str | int, ...]


def _signal(one: _Signal, at: _Place, figures: Mapping[str, int]) -> Signal:
    condition = _condition(one.when, SIGNAL_FACTS, figures, at)
    return Signal(one.id, condition, one.weight, one.reason.text(), tuple(one.cites))


def _deciding(one: _Deciding, at: _Place, figures: Mapping[str, int]) -> Deciding:
    condition = _condition(one.when, REPORT_FACTS, figures, at)
    return Deciding(one.id, condition, one.decides, one.because.text(), tuple(one.cites))


def _consequence(one: _Consequence, at: _Place, figures: Mapping[str, int]) -> Consequence:
    condition, lasts = _condition(one.when, FILE_FACTS, figures, at), _span(one.lasts, at)
    return Consequence(
        one.id, condition, one.level, lasts, one.label.text(), one.because.text(), tuple(one.cites)
    )


def _laid_over(files: list[tuple[_File, Source]], part: str) -> list[tuple[Any, _Place]]:
    """The entries of a part by their ids, each with its place; a later file replaces what an earlier one says."""
    entries: dict[str, tuple[Any, _Place]] = {}
    for file, source in files:
        for n, one in enumerate(getattr(file, part)):
            entries[one.id] = (one, _Place(source, (part, n)))
    return list(entries.values())


def _condition(written: str, names: frozenset[str], figures: Mapping[str, int], at: _Place) -> Condition:
    try:
        return compile_condition(written, names, figures)
    except ValueError as wrong:
        raise at.source.error(str(wrong), *at.steps, "when") from wrong


def _span(written: str, at: _Place) -> Span:
    try:
        return parse_span(written)
    except ValueError as wrong:
        raise at.source.error(str(wrong), *at.steps) from wrong
