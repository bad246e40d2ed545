"""The terms on which cases go: how long each wait lasts, how juries are made up, what things are called.

All of it is data, in `knowledge/rules/cases.yaml`; a platform lays its own figures over the shipped ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.decisions.jurisdiction import default_jurisdiction
from assistant.decisions.sources import Source, TextModel, read_source
from assistant.decisions.workdays import Calendar, Span, parse_span
from knowledge.text import Text

SHIPPED = Path(__file__).parents[2] / "knowledge" / "rules" / "cases.yaml"


@dataclass(frozen=True, slots=True)
class Window:
    """A wait: its length, and what its end is called."""

    span: Span
    label: Text


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything about cases that a platform can set, and the calendar that its waits run by.

    `panel` is how many jurors are drawn (odd) and `quorum` how many votes a verdict needs; `reopenings` and `appeals`
    are how often a case may be questioned.
    """

    windows: Mapping[str, Window]
    states: Mapping[str, Text]
    events: Mapping[str, Text]
    panel: int
    quorum: int
    reopenings: int
    appeals: int
    calendar: Calendar

    def due(self, window: str, start: datetime) -> datetime:
        """When a wait that starts now is over."""
        return self.calendar.due(start, self.windows[window].span).at


def load_terms(calendar: Calendar, *paths: Path) -> Terms:
    """The shipped terms, with what the files at `paths` set laid over them.

    Raises:
        BadKnowledge: a file is wrong; names file and line.
    """
    source = read_source(SHIPPED)
    merged = _terms(source, source.parse(_ShippedModel), calendar)
    for path in paths:
        merged = _overlaid(merged, read_source(path))
    return merged


@lru_cache(maxsize=1)
def default_terms() -> Terms:
    """The shipped terms by the default jurisdiction's calendar, read once."""
    return load_terms(default_jurisdiction().calendar)


class _WindowModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    span: str
    label: TextModel
    source: str


class _CountsModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reopenings: int = Field(ge=0, le=9)
    appeals: int = Field(ge=0, le=9)


class _JuryModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    panel: int = Field(ge=3, le=101)
    quorum: int = Field(ge=2)

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        if self.panel % 2 == 0:
            raise ValueError("a panel has an odd number of jurors, or it may tie")
        if not self.panel / 2 < self.quorum <= self.panel:
            raise ValueError("the quorum is more than half of the panel, and at most all of it")
        return self


class _ShippedModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    windows: dict[str, _WindowModel]
    counts: _CountsModel
    jury: _JuryModel
    states: dict[str, TextModel]
    events: dict[str, TextModel]


class _OwnWindowModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    span: str


class _OverlayModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    windows: dict[str, _OwnWindowModel] = {}
    counts: _CountsModel | None = None
    jury: _JuryModel | None = None


def _terms(source: Source, model: _ShippedModel, calendar: Calendar) -> Terms:
    windows = {
        name: Window(_span(source, name, one.span), one.label.text()) for name, one in model.windows.items()
    }
    return Terms(
        windows=windows, calendar=calendar, panel=model.jury.panel, quorum=model.jury.quorum,
        reopenings=model.counts.reopenings, appeals=model.counts.appeals,
        states={name: text.text() for name, text in model.states.items()},
        events={name: text.text() for name, text in model.events.items()},
    )


def _overlaid(terms: Terms, source: Source) -> Terms:
    """The terms with a platform's own figures."""
    own = source.parse(_OverlayModel)
    for name in own.windows.keys() - terms.windows.keys():
        raise source.error(f"there is no window `{name}`: {', '.join(terms.windows)}", "windows", name)
    windows = {
        **terms.windows,
        **{
            name: Window(_span(source, name, one.span), terms.windows[name].label)
            for name, one in own.windows.items()
        },
    }
    return Terms(
        windows=windows, calendar=terms.calendar, states=terms.states, events=terms.events,
        panel=own.jury.panel if own.jury else terms.panel,
        quorum=own.jury.quorum if own.jury else terms.quorum,
        reopenings=own.counts.reopenings if own.counts else terms.reopenings,
        appeals=own.counts.appeals if own.counts else terms.appeals,
    )


def _span(source: Source, window: str, written: str) -> Span:
    try:
        span = parse_span(written)
    except ValueError as wrong:
        raise source.error(str(wrong), "windows", window, "span") from wrong
    if not span.count:
        raise source.error("a wait takes some time: it can't be 0", "windows", window, "span")
    return span
