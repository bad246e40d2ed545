"""Cases and rule books as they stand in files, for replaying past claims.

A file of cases is JSONL. Each line is an object of facts, nested by namespace, exactly as a decision takes them; beside
the namespaces it may hold `id`, a name for the case, and `as_of`, the day whose rules count. When the claim was made
stands in `claim.at`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.checking.overlaid import is_overlay
from assistant.decisions.compare import Case
from assistant.decisions.decision import Decision
from assistant.decisions.facts import FactCatalog, NestedFacts
from assistant.decisions.jurisdiction import Jurisdiction
from assistant.decisions.overlays import overlaid_book
from assistant.decisions.rulefile import Parameter
from assistant.decisions.sources import read_source
from knowledge.errors import BadInput

SHIPPED = "shipped"
"""The name of the rules that come with Fairdesk, where a path is wanted."""

_figures: TypeAdapter[dict[str, Parameter]] = TypeAdapter(dict[str, Parameter])


def book_at(path: Path, jurisdiction: Jurisdiction) -> RuleBook:
    """The book that a path stands for: `shipped`, a folder or file of rules, or what is laid over the shipped rules.

    That is a platform's own folder, or a file of figures: YAML with nothing but `name: value`.

    Raises:
        BadKnowledge: a file is wrong; names file and line.
        BadInput: a figure is unknown, or beyond its bounds.
    """
    if str(path) == SHIPPED and not path.exists():
        return load_book(jurisdiction=jurisdiction)
    if is_overlay(path):
        return overlaid_book(path, jurisdiction)
    source = read_source(path) if path.is_file() else None
    if source is None or not isinstance(source.data, dict) or "rules" in source.data:
        return load_book(path, jurisdiction=jurisdiction)
    try:
        figures = _figures.validate_python(source.data, strict=True)
    except ValidationError as wrong:
        raise source.error(f"wants figures, `name: value`: {wrong.errors()[0]['msg']}") from wrong
    return load_book(jurisdiction=jurisdiction, parameters=figures)


def case_of(line: Mapping[str, Any], name: str, zone: tzinfo, now: datetime) -> Case:
    """A line of a file of cases; `name` is its name where it says none, `now` its time.

    Raises:
        BadInput: it is no object of facts, or its times can't be read.
    """
    facts = {space: values for space, values in line.items() if space not in ("id", "as_of")}
    for space, values in facts.items():
        if not isinstance(values, Mapping):
            raise BadInput(f"case {name}: `{space}` must hold facts by name")
    claim = facts.get("claim", {})
    try:
        at = datetime.fromisoformat(str(claim["at"])) if claim.get("at") else now
        as_of = date.fromisoformat(str(line["as_of"])) if line.get("as_of") else None
    except ValueError as wrong:
        raise BadInput(f"case {name}: {wrong}") from wrong
    return Case(str(line.get("id", name)), facts, at if at.tzinfo else at.replace(tzinfo=zone), as_of)


def line_of(case: Case) -> dict[str, Any]:
    """A case as a line of a file of cases, with its time."""
    claim = {**case.facts.get("claim", {}), "at": case.now}
    as_of = {"as_of": case.as_of.isoformat()} if case.as_of else {}
    return {"id": case.id, **as_of, **case.facts, "claim": claim}


def cases_of(decisions: Iterable[tuple[str, Decision]], catalog: FactCatalog) -> Iterator[Case]:
    """Past decisions as cases: each claim on the same facts once, and none that only asked for more.

    Facts that are computed from others are left out, so that each book works them out by its own lights.
    """
    seen: set[str] = set()
    for name, decision in decisions:
        facts = _told(decision.facts, catalog)
        situation = _situation(facts)
        if facts and decision.outcome != "ask" and situation not in seen:
            seen.add(situation)
            yield Case(name, facts, decision.at)


def _situation(facts: NestedFacts) -> str:
    """The facts as one text, whenever the claim was made: equal for turns that looked at the same thing."""
    claim = {key: value for key, value in facts.get("claim", {}).items() if key != "at"}
    return json.dumps({**facts, "claim": claim}, sort_keys=True, default=str)


def _told(facts: Mapping[str, Mapping[str, Any]], catalog: FactCatalog) -> NestedFacts:
    """The facts that somebody told."""
    told: NestedFacts = {}
    for space, values in facts.items():
        for key, value in values.items():
            name = f"{space}.{key}"
            if name in catalog.names and catalog.fact(name).known_by != "computed":
                told.setdefault(space, {})[key] = value
    return told
