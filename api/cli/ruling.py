"""`fairdesk decide` and `fairdesk rules`: the rule book from the command line."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import AsJson, print_json, read_json, read_lines
from assistant.clock import utc_now
from assistant.decisions.book import load_book
from assistant.decisions.checker import check_files
from assistant.decisions.compare import Case, compare
from assistant.decisions.engine import decide
from assistant.decisions.examples import run_examples
from assistant.decisions.explain import explain
from knowledge.corpus import load_corpus
from knowledge.errors import BadInput

rules = typer.Typer(help="Check, test and compare rule books.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Argument(help="A folder or file of rules; the shipped ones without it.")]


def decide_facts(
    facts: Annotated[Path, typer.Argument(help="A JSON file of facts, nested by namespace; - for standard input.")],
    as_of: Annotated[str | None, typer.Option(help="Decide by the rules in force on this day, YYYY-MM-DD.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en, for the explanation in words.")] = "zh",
    json: AsJson = False,
) -> None:
    """Decide one claim from its facts, with the proof."""
    if lang not in ("zh", "en"):
        raise BadInput(f"--lang: {lang!r} is neither zh nor en")
    given = read_json(facts)
    if not isinstance(given, Mapping):
        raise BadInput(f"{facts}: wants an object of facts, nested by namespace: {{\"claim\": {{\"kind\": …}}, …}}")
    book = load_book()
    decision = decide(book, dict(given), _now(given), as_of=_day(as_of))
    print_json(decision) if json else print(explain(decision, "en" if lang == "en" else "zh"))


def _now(given: Mapping[str, Any]) -> datetime:
    """When the claim is made: `claim.at` where it is given, otherwise now."""
    claim = given.get("claim")
    at = claim.get("at") if isinstance(claim, Mapping) else None
    if at is None:
        return utc_now()
    try:
        parsed = datetime.fromisoformat(str(at))
    except ValueError as error:
        raise BadInput(f"claim.at: {at!r} is not an ISO time such as 2026-11-20T10:00:00+08:00") from error
    from assistant.clock import SHANGHAI

    return parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI)


def _clause_dates() -> dict[str, tuple[date, date | None]]:
    """From when to when each clause is in force: clauses of several versions as a whole, and each version by its id."""
    dates: dict[str, tuple[date, date | None]] = {}
    for clause_id, versions in load_corpus().versions.items():
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
def check_rules(folder: Folder = None, json: AsJson = False) -> None:
    """Look for faults in a rule book; exit code 1 when there are any."""
    findings = check_files(*([folder] if folder else []), clauses=_clause_dates())
    if json:
        print_json({"ok": not findings, "findings": findings})
    else:
        for one in findings:
            print(f"{one.path}:{one.line}: {one.code}: {one.rule}: {one.message}")
        print("no findings" if not findings else f"{len(findings)} findings")
    if findings:
        raise typer.Exit(1)


@rules.command("test")
def test_rules(folder: Folder = None, json: AsJson = False) -> None:
    """Run the examples that the rules carry; exit code 1 when one fails."""
    results = run_examples(load_book(*([folder] if folder else [])))
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


@rules.command("compare")
def compare_rules(
    old: Annotated[Path, typer.Argument(help="A folder or file of rules.")],
    new: Annotated[Path, typer.Argument(help="Another one.")],
    cases: Annotated[Path, typer.Option(help="JSONL, one object of facts a line.")],
    json: AsJson = False,
) -> None:
    """Replay cases under two rule books: which outcomes flip, and by how much money."""
    given = [Case(str(line.pop("id", n)), line, _now(line)) for n, line in enumerate(read_lines(cases))]
    result = compare(load_book(old), load_book(new), given)
    if json:
        print_json(result)
        return
    for flip in result.flips:
        before, after = flip.before, flip.after
        print(f"{flip.case}: {before.outcome} ({before.rule}) → {after.outcome} ({after.rule}), {flip.fen / 100:+.2f}")
    print(f"{result.cases} cases, {len(result.flips)} changed, {result.fen / 100:+.2f} in all")
