"""`fairdesk decide` and `fairdesk rules`: the rule book from the command line."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.operating import settings_from_environment
from api.cli.output import AsJson, json_line, print_json, read_json
from assistant.clock import utc_now
from assistant.decisions.book import load_book
from assistant.decisions.checking.checker import check_files
from assistant.decisions.engine import decide
from assistant.decisions.examples import run_examples
from assistant.decisions.explain import explain
from assistant.decisions.jurisdiction import Jurisdiction, jurisdiction_of
from assistant.decisions.overlays import overlaid_book
from knowledge.corpus import load_corpus, read_corpus
from knowledge.errors import BadInput

rules = typer.Typer(help="Check, test and compare rule books.", no_args_is_help=True)
Place = Annotated[str | None, typer.Option("--jurisdiction", help="Whose law, CN or EU; else FAIRDESK_JURISDICTION.")]
Folder = Annotated[Path | None, typer.Argument(help="A folder or file of rules; the shipped ones without it.")]
Paths = Annotated[list[Path] | None, typer.Argument(help="Folders or files of rules; the shipped ones without any.")]


def decide_facts(
    facts: Annotated[Path, typer.Argument(help="A JSON file of facts, nested by namespace; - for standard input.")],
    as_of: Annotated[str | None, typer.Option(help="Decide by the rules in force on this day, YYYY-MM-DD.")] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en, for the explanation; else the jurisdiction's.")] = None,
    jurisdiction: Place = None,
    over: Annotated[Path | None, typer.Option("--rules", help="A platform's own folder; else FAIRDESK_RULES.")] = None,
    json: AsJson = False,
) -> None:
    """Decide one claim from its facts, with the proof."""
    if lang not in ("zh", "en", None):
        raise BadInput(f"--lang: {lang!r} is neither zh nor en")
    given = read_json(facts)
    if not isinstance(given, Mapping):
        raise BadInput(f"{facts}: wants an object of facts, nested by namespace: {{\"claim\": {{\"kind\": …}}, …}}")
    place = place_of(jurisdiction)
    book = overlaid_book(_existing(over) or settings_from_environment().rules, place)
    decision = decide(book, dict(given), _now(given, place.calendar.zone), as_of=_day(as_of))
    if json:
        print_json(decision)
        return
    english = (lang or place.language) == "en"
    print(explain(decision, "en" if english else "zh", catalog=book.every_fact))


def place_of(name: str | None) -> Jurisdiction:
    """The jurisdiction named, or the one that the settings name."""
    return jurisdiction_of(name or settings_from_environment().jurisdiction)


def _existing(folder: Path | None) -> Path | None:
    if folder is not None and not folder.is_dir():
        raise BadInput(f"--rules: {folder} is no folder")
    return folder


def _now(given: Mapping[str, Any], zone: tzinfo) -> datetime:
    """When the claim is made: `claim.at` where it is given (in `zone` where it names none), otherwise now."""
    claim = given.get("claim")
    at = claim.get("at") if isinstance(claim, Mapping) else None
    if at is None:
        return utc_now()
    try:
        parsed = datetime.fromisoformat(str(at))
    except ValueError as error:
        raise BadInput(f"claim.at: {at!r} is not an ISO time such as 2026-11-20T10:00:00+08:00") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)


def _clause_dates(place: Jurisdiction, own: Sequence[Path]) -> dict[str, tuple[date, date | None]]:
    """From when to when each clause is in force, the clauses of a platform's own folders among them.

    Clauses of several versions stand as a whole, and each version by its id.
    """
    dates: dict[str, tuple[date, date | None]] = {}
    corpora = [load_corpus().within(place.id), *(read_corpus(folder) for folder in own if folder.is_dir())]
    for clause_id, versions in (one for corpus in corpora for one in corpus.versions.items()):
        ends = [one.in_force_to for one in versions]
        last = None if None in ends else max(end for end in ends if end)
        dates |= {one.id: (one.in_force_from, one.in_force_to) for one in versions}
        dates[clause_id] = (min(one.in_force_from for one in versions), last)
    return dates


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"--as-of: {text!r} is not a day such as 2026-11-20") from error


@rules.command("check")
def check_rules(paths: Paths = None, jurisdiction: Place = None, json: AsJson = False) -> None:
    """Look for faults in a rule book; exit code 1 when there are any. docs/rules.md lists the codes."""
    place = place_of(jurisdiction)
    clauses = _clause_dates(place, [path / "clauses" for path in paths or ()])
    findings = check_files(*(paths or []), clauses=clauses, jurisdiction=place)
    if json:
        print_json({"ok": not findings, "findings": findings})
    else:
        for one in findings:
            print(f"{one.path}:{one.line}: {one.code}: {one.rule}: {one.message}")
            if one.witness is not None:
                print(f"    shown by {json_line(one.witness)}")
        print("no findings" if not findings else f"{len(findings)} findings")
    if findings:
        raise typer.Exit(1)


@rules.command("test")
def test_rules(folder: Folder = None, jurisdiction: Place = None, json: AsJson = False) -> None:
    """Run the examples that the rules carry; exit code 1 when one fails."""
    results = run_examples(load_book(*([folder] if folder else []), jurisdiction=place_of(jurisdiction)))
    failed = [one for one in results if not one.passed]
    if json:
        shown = [
            {"rule": one.rule.id, "example": one.example.name, "line": one.example.line, "wrong": one.wrong}
            for one in failed
        ]
        print_json({"examples": len(results), "failed": shown})
    else:
        for one in failed:
            print(f"{one.rule.path}:{one.example.line}: {one.rule.id}: {'; '.join(one.wrong)}")
        print(f"{len(results)} examples, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)
