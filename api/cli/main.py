"""The command's tree, and what happens when something is wrong."""

import sys

import typer

from api.cli import conversing, evaluating, knowing, operating, recording, replaying, ruling, training
from knowledge.errors import BadInput, FairdeskError, NotFound

app = typer.Typer(
    name="fairdesk", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="An after-sales assistant: rules decide, tools act once, a person can take over.",
)
app.command("serve")(operating.serve)
app.command("chat")(conversing.chat)
app.command("ask")(knowing.ask)
app.command("search")(knowing.search)
app.command("ingest")(knowing.ingest)
app.command("read")(conversing.read)
app.command("decide")(ruling.decide_facts)
app.command("inspect")(evaluating.inspect)
ruling.rules.command("compare")(replaying.compare_rules)
ruling.rules.command("cases")(replaying.past_cases)
app.add_typer(ruling.rules, name="rules")
app.add_typer(training.intents, name="intents")
app.add_typer(evaluating.evals, name="eval")
app.add_typer(operating.staff, name="staff")
app.add_typer(recording.record, name="record")


def main() -> None:
    """Run the command; errors that we raise on purpose become one line and an exit code."""
    try:
        app()
    except (BadInput, NotFound) as error:
        print(f"fairdesk: {error}", file=sys.stderr)
        sys.exit(2)
    except FairdeskError as error:
        print(f"fairdesk: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
