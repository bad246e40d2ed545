"""`fairdesk rules compare` and `fairdesk rules cases`: past claims under other rules."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.operating import settings_from_environment
from api.cli.output import AsJson, print_json, read_lines, write_lines
from api.cli.ruling import Place, place_of
from assistant.clock import utc_now
from assistant.currency import money
from assistant.decisions.book import load_book
from assistant.decisions.compare import Comparison, Flip, Gate, Tally, compare
from assistant.decisions.decision import Decision
from evals.orders import generated_cases
from evals.replay import book_at, case_of, cases_of, line_of
from evals.replay_page import replay_page, signed
from knowledge.errors import BadInput

Book = "a folder or file of rules, a file of figures (name: value), or the word shipped"


def compare_rules(  # noqa: PLR0913  (each is an option of the command)
    old: Annotated[Path, typer.Argument(help=f"The rules as they were: {Book}.")],
    new: Annotated[Path, typer.Argument(help=f"The rules as they might be: {Book}.")],
    cases: Annotated[Path, typer.Option(help="JSONL, one object of facts a line.")],
    html: Annotated[Path | None, typer.Option(help="Write a page with plots.")] = None,
    most_flips: Annotated[int | None, typer.Option(min=0, help="Gate: how many outcomes may flip.")] = None,
    most_more: Annotated[int | None, typer.Option(min=0, help="Gate: how much more buyers may get, in fen.")] = None,
    most_less: Annotated[int | None, typer.Option(min=0, help="Gate: how much less buyers may get, in fen.")] = None,
    jurisdiction: Place = None,
    json: AsJson = False,
) -> None:
    """Replay cases under two rule books; exit code 1 when they differ by more than a gate allows."""
    place = place_of(jurisdiction)
    now, zone = utc_now(), place.calendar.zone
    given = [case_of(line, str(n), zone, now) for n, line in enumerate(read_lines(cases, "claim"), start=1)]
    result = compare(book_at(old, place), book_at(new, place), given)
    broken = Gate(most_flips, most_more, most_less).broken(result)
    if html is not None:
        _write(html, replay_page(result, str(old), str(new), broken))
    print_json(_plain(result, broken)) if json else _print(result, broken)
    if broken:
        raise typer.Exit(1)


def past_cases(
    out: Annotated[Path | None, typer.Option(help="The file to write, JSONL; else standard output.")] = None,
    generated: Annotated[int | None, typer.Option(min=1, help="Write so many generated cases instead.")] = None,
    seed: Annotated[int, typer.Option(help="The seed of generated cases.")] = 0,
    jurisdiction: Place = None,
) -> None:
    """Write past decisions as cases for `compare`: every claim that was decided, with its facts."""
    book = load_book(jurisdiction=place_of(jurisdiction))
    decided = () if generated else asyncio.run(_decided())
    cases = generated_cases(generated, seed, book) if generated else list(cases_of(decided, book.catalog))
    count = write_lines(out, map(line_of, cases))
    if out is not None:
        print(f"{count} cases in {out}")


async def _decided() -> list[tuple[str, Decision]]:
    """All decisions in the store, the oldest first."""
    from assistant.store.database import Database
    from assistant.store.decisions import past_decisions

    settings = settings_from_environment()
    database = Database(settings.database)
    try:
        await database.upgrade()
        async with database.read() as tx:
            return [found async for found in past_decisions(tx, settings.tenant)]
    finally:
        await database.close()


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from error


def _plain(result: Comparison, broken: tuple[str, ...]) -> dict[str, object]:
    """The comparison for programs."""
    flips = [{**asdict(one), "fen": one.fen} for one in result.flips]
    return {
        "ok": not broken, "broken": broken, "cases": result.cases, "currency": result.currency,
        "total": _sums(result.total), "by_change": _all_sums(result.by_change), "by_rule": _all_sums(result.by_rule),
        "by_category": _all_sums(result.by_category), "flips": flips,
    }


def _all_sums(tallies: Mapping[str, Tally]) -> dict[str, dict[str, int]]:
    return {name: _sums(tally) for name, tally in tallies.items()}


def _sums(tally: Tally) -> dict[str, int]:
    return {**asdict(tally), "fen": tally.fen}


def _print(result: Comparison, broken: tuple[str, ...]) -> None:
    """The comparison as tables: case by case, then by rule and by industry."""
    for flip in result.flips:
        print(_line(flip, result.currency))
    for title, tallies in (("by rule", result.by_rule), ("by industry", result.by_category)):
        if tallies:
            print(f"\n{title}")
        for name, tally in tallies.items():
            print(f"  {name or '-':<44} {tally.flips:>6}  {_money(tally, result.currency)}")
    total = result.total
    print(f"\n{result.cases} cases, {total.flips} changed: {_money(total, result.currency)}")
    for one in broken:
        print(f"gate: {one}")


def _line(flip: Flip, currency: str) -> str:
    before, after = flip.before, flip.after
    return (
        f"{flip.case}: {flip.claim} {flip.category}: {before.outcome} ({before.rule}) → "
        f"{after.outcome} ({after.rule}), {signed(flip.fen, currency)}"
    )


def _money(tally: Tally, currency: str) -> str:
    return f"buyers get {money(tally.more, currency)} more, {money(tally.less, currency)} less"
