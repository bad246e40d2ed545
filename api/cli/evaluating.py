"""`fairdesk eval` and `fairdesk inspect`: suites, comparisons, and the inspection of transcripts."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from api.cli.output import AsJson, print_json, read_lines
from assistant.settings import Settings
from knowledge.errors import BadInput

BENCH = "ecom-bench"
evals = typer.Typer(help="Run eval suites and compare runs.", no_args_is_help=True)


@evals.command("run")
def run(
    suites: Annotated[list[str], typer.Argument(help="Names of shipped suites, or files; `all`; or `ecom-bench`.")],
    k: Annotated[int, typer.Option(min=1, max=20, help="Play each dialogue so often; it passes when all do.")] = 1,
    out: Annotated[Path | None, typer.Option(help="A folder for results.json, report.html and junit.xml.")] = None,
    tasks: Annotated[Path | None, typer.Option(help="For ecom-bench: a file of tasks in its form.")] = None,
    data: Annotated[Path | None, typer.Option(help="For ecom-bench: the folder of the shop's data.")] = None,
    json: AsJson = False,
) -> None:
    """Run suites; exit code 1 when a suite's gate is missed."""
    if suites == [BENCH]:
        return _bench(tasks, data, k, as_json=json)
    from evals.runner import run_suites
    from evals.suites import suite_names

    names = list(suite_names()) if suites == ["all"] else suites
    result = asyncio.run(run_suites(names, k=k, out=out))
    if json:
        print_json(result)
    else:
        for row in result.summary:
            print(row)
    if not result.ok:
        raise typer.Exit(1)


def _bench(tasks: Path | None, data: Path | None, k: int, *, as_json: bool) -> None:
    """Play ECom-Bench's tasks over its shop with a scripted buyer, and print how many ended as they should."""
    from evals.external.ecom_bench.report import found_data, run_bench

    if tasks is None:
        raise BadInput(f"eval run {BENCH} needs --tasks FILE: a file of tasks in the benchmark's form")
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home), burst_ms=0, database_url=None)
        result = asyncio.run(run_bench(tasks, data or found_data(tasks), settings, k))
    if as_json:
        print_json(result.as_dict())
    else:
        print("\n".join(result.summary))


@evals.command("compare")
def compare(
    before: Annotated[Path, typer.Argument(help="The folder of a run.")],
    after: Annotated[Path, typer.Argument(help="The folder of another one.")],
    json: AsJson = False,
) -> None:
    """What changed between two runs; exit code 1 when something got worse."""
    from evals.compare import compare_runs

    comparison = compare_runs(before, after)
    if json:
        print_json(comparison)
    else:
        for row in comparison.rows:
            print(row)
    if not comparison.ok:
        raise typer.Exit(1)


def inspect(
    transcripts: Annotated[Path, typer.Argument(help="JSONL, one conversation a line.")],
    json: AsJson = False,
) -> None:
    """Inspect conversations of people and assistants: forbidden words, leaks, off-platform trade, wrong promises."""
    from assistant.copilot.inspection import inspect_transcript, transcript_of

    reports = [inspect_transcript(transcript_of(line)) for line in read_lines(transcripts, "id", "turns")]
    if json:
        print_json({"conversations": reports})
        return
    for report in reports:
        print(f"{report.id}: {'no findings' if not report.findings else ''}")
        for one in report.findings:
            print(f"  turn {one.turn}: {one.rule}: {one.text}")
