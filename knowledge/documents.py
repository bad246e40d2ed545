"""Reads a document of our own Markdown: front matter, then one clause for each `##` heading.

    ## 3.2 · 退货运费由谁承担 · Who pays return freight

    (an optional fenced `yaml` block: categories, audience, in_force, source)

    Chinese text in plain paragraphs.

    > The English text in a block quote.

    Questions:
    - 退货邮费谁出啊

Whatever is wrong is told as `BadKnowledge` with the file and the line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.clauses import ALWAYS, Clause, ClauseRank, Source
from knowledge.errors import BadKnowledge
from knowledge.text import Text

M = TypeVar("M", bound=BaseModel)

_FENCE = "---"
_HEADING = re.compile(r"## +(?P<anchor>\S+) · (?P<zh>.+?) · (?P<en>.+)")
_QUESTIONS = re.compile(r"(Questions|问法)\s*[:：]\s*$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class _Dates(_Strict):
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None


class _SourceLines(_Strict):
    name: str = ""
    seed: str = ""
    seeds: list[str] = []
    section: str = ""
    verified: bool | None = None
    note: str = ""


class _Title(_Strict):
    zh: str
    en: str


class _FrontMatter(_Strict):
    document: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: _Title
    rank: ClauseRank
    jurisdiction: str = "CN"
    audience: list[str] = ["buyer", "merchant"]
    categories: list[str] = []
    version: str = ""
    status: str = ""
    note: str = ""
    in_force: _Dates = Field(default_factory=_Dates)
    source: _SourceLines = _SourceLines()


class _ClauseFields(_Strict):
    source: _SourceLines = _SourceLines()
    categories: list[str] | None = None
    audience: list[str] | None = None
    in_force: _Dates | None = None
    version: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document and its clauses in their order; `status` is `draft` for what is published but not binding."""

    id: str
    title: Text
    clauses: tuple[Clause, ...]
    status: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    """One heading and the lines under it; `line` is the heading's, 1-based."""

    line: int
    heading: str
    lines: tuple[str, ...]


def is_ours(markdown: str) -> bool:
    """True when a Markdown text begins with the front matter of our own format (it names its `document`)."""
    front = markdown.partition(f"\n{_FENCE}\n")[0]
    return front.startswith(_FENCE) and re.search(r"^document:", front, re.M) is not None


def read_document(path: Path) -> Document:
    """The document in the file `path`, which is UTF-8 Markdown."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadKnowledge("the file is not UTF-8", str(path), 1) from error
    return parse_document(text, str(path))


def parse_document(markdown: str, path: str) -> Document:
    """The document written in `markdown`; `path` is named in errors."""
    lines = markdown.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    front, body = _front_matter(lines, path)
    clauses = tuple(_clause(section, front, path) for section in _sections(lines, body))
    if not clauses:
        raise BadKnowledge("no clause found: a clause begins with `## ANCHOR · 标题 · Title`", path, body + 1)
    _refuse_repeated(clauses, lines, path)
    return Document(front.document, Text(front.title.zh, front.title.en), clauses, front.status)


def _front_matter(lines: list[str], path: str) -> tuple[_FrontMatter, int]:
    """The front matter, and the index of the first line after it."""
    if lines[0].strip() != _FENCE:
        raise BadKnowledge("the file must begin with `---` and its front matter", path, 1)
    try:
        end = lines.index(_FENCE, 1)
    except ValueError as error:
        raise BadKnowledge("the front matter has no closing `---`", path, 1) from error
    return _load_yaml(lines[1:end], _FrontMatter, path, 2), end + 1


def _load_yaml(lines: list[str], model: type[M], path: str, first_line: int) -> M:
    """YAML `lines`, of which the first is line `first_line` of the file, as a `model`."""
    try:
        values: Any = yaml.safe_load("\n".join(lines)) or {}
    except yaml.MarkedYAMLError as error:
        at = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise BadKnowledge(f"this is not YAML: {error.problem}", path, at) from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # A misspelt name is the cause, a missing field its consequence: tell the cause.
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        key = str(first["loc"][0]) if first["loc"] else ""
        at = next((i for i, line in enumerate(lines) if line.lstrip().startswith(key + ":")), 0)
        where = ".".join(map(str, first["loc"]))
        raise BadKnowledge(f"{where}: {first['msg']}", path, first_line + at) from error


def _sections(lines: list[str], start: int) -> Iterator[_Section]:
    """The parts under `##` headings; what stands before the first one is an introduction for people."""
    heads = [i for i in range(start, len(lines)) if re.match(r"##(?!#)", lines[i])]
    for head, following in pairwise([*heads, len(lines)]):
        yield _Section(head + 1, lines[head], tuple(lines[head + 1 : following]))


def _clause(section: _Section, front: _FrontMatter, path: str) -> Clause:
    """The clause under one heading; what it leaves out is the document's."""
    heading = _HEADING.fullmatch(section.heading.strip())
    if not heading:
        raise BadKnowledge("a clause's heading reads `## ANCHOR · 标题 · Title`", path, section.line)
    fields, rest = _clause_fields(section, path)
    zh, en, questions = _body(rest)
    if not zh or not en:
        lacking = "Chinese text" if not zh else "English text (a block quote)"
        raise BadKnowledge(f"clause {heading['anchor']} has no {lacking}", path, section.line)
    dates = fields.in_force or front.in_force
    return Clause(
        id=f"{front.document}#{heading['anchor']}",
        title=Text(heading["zh"].strip(), heading["en"].strip()),
        text=Text(zh, en),
        source=_source(front, fields),
        rank=front.rank,
        jurisdiction=front.jurisdiction,
        audience=tuple(front.audience if fields.audience is None else fields.audience),
        categories=tuple(front.categories if fields.categories is None else fields.categories),
        in_force_from=dates.from_ or ALWAYS,
        in_force_to=dates.to,
        version=front.version if fields.version is None else fields.version,
        questions=questions,
    )


def _clause_fields(section: _Section, path: str) -> tuple[_ClauseFields, list[str]]:
    """The clause's own YAML block, if it has one, and the lines after it."""
    lines = list(section.lines)
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].strip() != "```yaml":
        return _ClauseFields(), lines
    end = next((i for i in range(first + 1, len(lines)) if lines[i].strip() == "```"), None)
    if end is None:
        raise BadKnowledge("the yaml block has no closing ```", path, section.line + first + 1)
    fields = _load_yaml(lines[first + 1 : end], _ClauseFields, path, section.line + first + 2)
    return fields, lines[end + 1 :]


def _source(front: _FrontMatter, fields: _ClauseFields) -> Source:
    """The document's source, made more exact by the clause's own."""
    whole, own = front.source, fields.source
    verified = own.verified if own.verified is not None else bool(whole.verified)
    seeds = [s for s in (own.seed, *own.seeds) if s] or [s for s in (whole.seed, *whole.seeds) if s]
    note = own.note or fields.note or whole.note or front.note
    return Source(own.name or whole.name, tuple(seeds), own.section or whole.section, verified, note)


def _body(lines: list[str]) -> tuple[str, str, tuple[str, ...]]:
    """The Chinese text, the English text, and the questions."""
    zh: list[str] = []
    en: list[str] = []
    questions: list[str] = []
    asking = False
    for line in (raw.strip() for raw in lines):
        if _QUESTIONS.match(line):
            asking = True
        elif asking and line.startswith("- "):
            questions.append(line[2:].strip())
        elif line.startswith(">"):
            en.append(line[1:].strip())
        elif line:
            zh.append(line)
    return "\n".join(zh), " ".join(filter(None, en)), tuple(dict.fromkeys(questions))


def _refuse_repeated(clauses: tuple[Clause, ...], lines: list[str], path: str) -> None:
    """Two clauses of one anchor and one first day can't be told apart."""
    seen: set[str] = set()
    for clause in clauses:
        if clause.key in seen:
            heads = [i for i, line in enumerate(lines, 1) if line.startswith(f"## {clause.anchor} ")]
            raise BadKnowledge(f"the clause {clause.id} stands here twice", path, heads[-1])
        seen.add(clause.key)
