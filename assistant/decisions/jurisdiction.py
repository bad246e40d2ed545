"""Jurisdictions: whose law a platform trades under, and what follows from that, read from a file.

Nothing in the engine knows a country. Money, time, holidays, and the folders of rules and facts all come from here;
`knowledge/rules/jurisdictions.yaml` lists what is shipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

from assistant.decisions.sources import Source, TextModel, read_source
from assistant.decisions.workdays import Calendar
from knowledge.errors import BadInput
from knowledge.text import Language, Text

JURISDICTIONS = Path(__file__).parents[2] / "knowledge" / "rules" / "jurisdictions.yaml"
DEFAULT = "CN"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A place with a consumer law of its own.

    `id` is what documents of the corpus name as their jurisdiction. `claims` are the wishes that its rules deal with;
    empty means all that the catalogue of facts lists.
    """

    id: str
    title: Text
    currency: str
    language: Language
    calendar: Calendar
    rules: tuple[Path, ...] = field(repr=False)
    facts: tuple[Path, ...] = field(repr=False)
    claims: tuple[str, ...] = ()


class _CalendarModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    zone: str
    country: str = Field(pattern=r"^[A-Z]{2}$")
    runs_on: bool = False


class _JurisdictionModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: TextModel
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    language: Language
    calendar: _CalendarModel
    rules: list[str] = Field(min_length=1)
    facts: list[str] = Field(min_length=1)
    claims: list[str] = Field(default_factory=list)


class _FileModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    jurisdictions: dict[str, _JurisdictionModel]


def load_jurisdictions(path: Path = JURISDICTIONS) -> Mapping[str, Jurisdiction]:
    """Read jurisdictions by id; folders are named from the place of the file.

    Raises:
        BadKnowledge: the file is wrong; names file and line.
    """
    source = read_source(path)
    models = source.parse(_FileModel).jurisdictions
    return {name: _jurisdiction(source, name, model) for name, model in models.items()}


@lru_cache(maxsize=1)
def shipped_jurisdictions() -> Mapping[str, Jurisdiction]:
    """The jurisdictions that come with Fairdesk, read once."""
    return load_jurisdictions()


def jurisdiction_of(name: str) -> Jurisdiction:
    """The shipped jurisdiction of this id, in capitals or not.

    Raises:
        BadInput: there is none; the message lists those that there are.
    """
    known = shipped_jurisdictions()
    if name.upper() not in known:
        raise BadInput(f"there is no jurisdiction `{name}`: Fairdesk ships {', '.join(known)}")
    return known[name.upper()]


def default_jurisdiction() -> Jurisdiction:
    """The one that holds where no other is named: mainland China."""
    return jurisdiction_of(DEFAULT)


def _jurisdiction(source: Source, name: str, model: _JurisdictionModel) -> Jurisdiction:
    try:
        zone = ZoneInfo(model.calendar.zone)
    except (ZoneInfoNotFoundError, ValueError) as wrong:
        at = ("jurisdictions", name, "calendar", "zone")
        raise source.error(f"there is no time zone `{model.calendar.zone}`", *at) from wrong
    folder = Path(source.path).parent
    return Jurisdiction(
        id=name, title=model.title.text(), currency=model.currency, language=model.language,
        calendar=Calendar(zone, model.calendar.country, model.calendar.runs_on),
        rules=tuple(folder / one for one in model.rules), facts=tuple(folder / one for one in model.facts),
        claims=tuple(model.claims),
    )
