"""Suites: typed cases from the files under `evals/suites/`, which QA people edit.

    kind: search            reading, search, answers, decisions, dialogues, safety
    name: search-zh
    floors: {recall@3: 0.8} the figures below which a run fails (without: every case must pass)
    cases: [...]

A file that is wrong is told with its name and line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, with_config

from assistant.clock import SHANGHAI
from assistant.decisions.decision import Outcome
from assistant.understanding.reading import FactValue
from evals.files import Part, read_parts
from evals.script import STRICT, Script, script_of
from knowledge.errors import BadInput
from knowledge.text import Language

Kind = Literal["reading", "search", "answers", "decisions", "dialogues", "safety"]
SHIPPED = Path(__file__).parent / "suites"
NOON = datetime(2026, 6, 16, 12, 0, tzinfo=SHANGHAI)
"""The moment at which cases happen that name none: a Tuesday noon in Shanghai."""


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingCase:
    """A message, and what a reader must find in it.

    `intent` lists the best intents that are right (`none` for none of ours), `also` those that must be there too.
    `facts` must be told exactly so (`null`: must not be told), `moods` are the moods that are right. `asked`, `options`
    and `has_proposal` are what the message answers.
    """

    text: str
    language: Language = "zh"
    intent: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    facts: Mapping[str, FactValue | None] = field(default_factory=dict)
    moods: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    no_flags: tuple[str, ...] = ()
    asked: str | None = None
    options: tuple[str, ...] = ()
    has_proposal: bool = False

    @property
    def title(self) -> str:
        """What the case is called in reports."""
        return self.text if self.asked is None else f"[{self.asked}] {self.text}"


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCase:
    """A question, and the clauses any of which answers it; `on` is the day that is asked about."""

    question: str
    clauses: tuple[str, ...]
    language: Language = "zh"
    audience: str = "buyer"
    on: date | None = None

    @property
    def title(self) -> str:
        """What the case is called in reports."""
        return self.question


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCase:
    """A question, and what the answer must hold: one of `cites`, all of `numbers`, one of `says`, none of `never`.

    With `covered: false` the only right answer is that nothing covers it.
    """

    question: str
    language: Language = "zh"
    covered: bool = True
    cites: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the case is called in reports."""
        return self.question


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules must say; only what is written is compared.

    Of `cites` and `alternatives` at least these must be there. `asks` is the first question. `most_fen` bounds the
    amount where the exact one does not matter.
    """

    outcome: Outcome | None = None
    claim: str | None = None
    remedy: str | None = None
    rule: str | None = None
    amount_fen: int | None = None
    most_fen: int | None = None
    freight: str | None = None
    asks: str | None = None
    cites: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCase:
    """Facts, and what the rules must make of them.

    `given` are facts by their full names over those of `base` (a set of facts that the suite names); `-3d` is three
    days before now, `null` takes a fact of the base away.
    """

    name: str
    claim: str
    expect: Verdict
    base: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    language: Language = "zh"

    @property
    def title(self) -> str:
        """What the case is called in reports."""
        return self.name


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must have come of a dialogue; only what is written is compared, beyond what always must hold.

    `last` is the last decision that was more than a question. `case` is the kind of case that was opened: `none` for no
    case at all, `exchange+refund` for two. `handoff` is the rule that handed over, `none` for nobody. `asks` must have
    been asked, `no_asks` must not. `says` must stand in some reply, each `|` giving a choice of words; `never` in no
    reply. `proposals` counts those that were made. `steps` must have been taken, in this order, among others.
    """

    last: Verdict | None = None
    case: str | None = None
    handoff: str | None = None
    owner: str | None = None
    asks: tuple[str, ...] = ()
    no_asks: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    proposals: int | None = None
    steps: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueCase:
    """A scripted buyer in a situation, and what must come of it."""

    name: str
    situation: str
    script: Script
    expect: Expected

    @property
    def title(self) -> str:
        """What the case is called in reports."""
        return self.name

    @property
    def language(self) -> Language:
        """The buyer's language."""
        return self.script.language


Case = ReadingCase | SearchCase | AnswerCase | DecisionCase | DialogueCase


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What stands above the cases."""

    kind: Kind
    name: str
    about: str = ""
    floors: Mapping[str, float] = field(default_factory=dict)
    now: datetime = NOON
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: cases of one kind, the moment at which they happen, and the figures that a run must reach."""

    kind: Kind
    name: str
    cases: tuple[Case, ...]
    about: str = ""
    floors: Mapping[str, float] = field(default_factory=dict)
    now: datetime = NOON
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_HEADS = TypeAdapter(_Head)
_EXPECTED = TypeAdapter(Expected)
_CASES: Mapping[Kind, TypeAdapter[Any]] = {
    "reading": TypeAdapter(ReadingCase), "search": TypeAdapter(SearchCase), "answers": TypeAdapter(AnswerCase),
    "decisions": TypeAdapter(DecisionCase),
}


def suite_names() -> tuple[str, ...]:
    """The names of the suites that Fairdesk ships, in order."""
    return tuple(sorted(path.stem for path in SHIPPED.iterdir() if path.suffix in (".yaml", ".jsonl")))


def load_suite(path_or_name: Path | str) -> Suite:
    """A suite from a file, or a shipped one by its name.

    Raises:
        BadInput: there is no such suite, or its file is wrong; names file and line.
    """
    head, parts = read_parts(_found(path_or_name))
    top = head.read(_HEADS)
    cases = tuple(_case(top, part) for part in parts)
    if not cases:
        raise head.error("a suite needs at least one case")
    _refuse_doubles(cases, parts)
    return Suite(top.kind, top.name, cases, top.about, top.floors, top.now, top.bases)


def _found(path_or_name: Path | str) -> Path:
    path = Path(path_or_name)
    if path.suffix in (".yaml", ".yml", ".jsonl"):
        return path
    for ending in (".yaml", ".jsonl"):
        if (shipped := SHIPPED / f"{path_or_name}{ending}").exists():
            return shipped
    raise BadInput(f"no suite `{path_or_name}`: there are {', '.join(suite_names())}; or name a .yaml or .jsonl file")


def _case(head: _Head, part: Part) -> Case:
    """One entry of `cases`, which must expect something: a case that cannot fail says nothing."""
    if head.kind in ("dialogues", "safety"):
        return _dialogue(part)
    case: Case = part.read(_CASES[head.kind])
    if isinstance(case, DecisionCase) and case.base and case.base not in head.bases:
        raise part.error(f"no base `{case.base}`: the suite has {', '.join(head.bases) or 'none'}", "base")
    if _expects_nothing(case):
        raise part.error(f"`{case.title}` expects nothing")
    return case


def _expects_nothing(case: Case) -> bool:
    if isinstance(case, ReadingCase):
        return not (case.intent or case.also or case.facts or case.moods or case.flags or case.no_flags)
    if isinstance(case, SearchCase):
        return not case.clauses
    if isinstance(case, AnswerCase):
        return case.covered and not (case.cites or case.numbers or case.says or case.never)
    return case.expect == (Verdict() if isinstance(case, DecisionCase) else Expected())


def _dialogue(part: Part) -> DialogueCase:
    """A dialogue is written flat: the script's keys beside `situation` and `expect`."""
    if not isinstance(part.data, dict):
        raise part.error("a dialogue is a mapping with `name`, `situation`, `turns` and `expect`")
    own = ("situation", "expect")
    for key in ("name", *own):
        if key not in part.data:
            raise part.error(f"a dialogue needs `{key}`")
    spoken = Part(part.path, {key: value for key, value in part.data.items() if key not in own}, part.line)
    script = script_of(spoken)
    case = DialogueCase(
        name=script.name, situation=str(part.data["situation"]), script=script,
        expect=part.under("expect").read(_EXPECTED),
    )
    if _expects_nothing(case):
        raise part.error(f"`{case.name}` expects nothing", "expect")
    return case


def _refuse_doubles(cases: Sequence[Case], parts: Sequence[Part]) -> None:
    """Two cases of one name could not be told apart when runs are compared."""
    seen: set[str] = set()
    for case, part in zip(cases, parts, strict=True):
        if case.title in seen:
            raise part.error(f"`{case.title}` is there twice")
        seen.add(case.title)


def written(verdict: Verdict) -> dict[str, Any]:
    """The expectations of a verdict that were written down."""
    return {one.name: value for one in fields(verdict) if (value := getattr(verdict, one.name)) not in (None, ())}
