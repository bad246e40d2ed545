"""`fairdesk intents`: a platform's own intents."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import AsJson, print_json
from knowledge.errors import BadInput

intents = typer.Typer(help="Train the reader on a platform's own labelled messages.", no_args_is_help=True)


@intents.command("train")
def train(
    data: Annotated[Path, typer.Argument(help='JSONL: {"text", "intents": […]}; an empty list for none of these.')],
    out: Annotated[Path, typer.Option(help="The folder to write the trained heads to.")],
    json: AsJson = False,
) -> None:
    """Train and evaluate intent heads; use them with `fairdesk read --intents DIR`."""
    from assistant.understanding.training import train_file
    from knowledge.embedding import EmbeddedEncoder

    if not data.is_file():
        raise BadInput(f"{data}: there is no such file")
    report = train_file(data, out, EmbeddedEncoder())
    if json:
        print_json(report)
        return
    print(f"{report.messages} messages held out, {len(report.by_label)} intents → {out}")
    print(f"accuracy {report.accuracy:.3f}, exact {report.exact:.3f}")
    if report.none_auroc is not None and report.none_recall is not None:
        print(f"none of these: AUROC {report.none_auroc:.3f}, recall {report.none_recall:.3f}")
