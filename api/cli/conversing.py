"""`fairdesk chat` and `fairdesk read`: talking to the assistant, and watching it read."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.operating import settings_from_environment
from api.cli.output import AsJson, BatchIn, BatchOut, as_text, print_json, read_lines, write_lines
from assistant.clock import utc_now
from assistant.currency import money
from assistant.understanding.reading import IntentScore, Reading
from knowledge.embedding import EmbeddedEncoder
from knowledge.errors import BadInput

BATCH_MOST = 50


def chat(
    script: Annotated[Path | None, typer.Option(help="A YAML file that plays the buyer.")] = None,
    buyer: Annotated[str, typer.Option(help="Which buyer of the demo shop to be.")] = "",
    json: AsJson = False,
) -> None:
    """Talk to the assistant as a buyer of the demo shop, or let a script do it."""
    if script is not None:
        asyncio.run(_play(script, json))
    else:
        asyncio.run(_talk(buyer))


async def _play(path: Path, json: bool) -> None:
    """Play a script in a home of its own, so that it always begins from the same state."""
    from evals.player import load_script, play

    script = load_script(path)
    with tempfile.TemporaryDirectory(prefix="fairdesk-chat-") as home:
        transcript = await play(script, settings_from_environment(home=Path(home), demo=True, burst_ms=0))
    print_json(transcript) if json else _print_transcript(transcript)


def _print_transcript(transcript: Any) -> None:
    for turn in transcript.turns:
        print(f"buyer     {turn.said}")
        if turn.reply:
            print(f"assistant {turn.reply['text']}")
            for card in turn.reply["cards"]:
                print(f"          [{card['type']}]")
    for name in ("decisions", "proposals", "receipts", "cases", "handoffs"):
        for one in getattr(transcript, name):
            print(f"{name[:-1]:9} {_short(one)}")
    print(f"owner     {transcript.owner}")
    for fault in transcript.faults:
        print(f"fault     {fault}")


def _short(one: dict[str, Any]) -> str:
    keys = ("outcome", "claim", "remedy", "rule", "title", "case_number", "number", "state", "reason")
    values = {key: one.get(key) for key in keys}
    shown = [f"{k}={v['zh'] if isinstance(v, dict) else v}" for k, v in values.items() if v is not None]
    amount = one.get("amount")
    if isinstance(amount, dict):
        shown.append(f"amount={money(amount['fen'], amount.get('currency', 'CNY'))}")
    return " ".join(shown)


async def _talk(buyer: str) -> None:
    """Read lines from the terminal; `confirm` and `refuse` act on the proposal on the table."""
    from evals.player import Session

    settings = settings_from_environment(demo=True, burst_ms=0)
    async with Session.open(settings, buyer or None) as session:
        print(f"({session.buyer_id}; an empty line ends)")
        while True:
            try:
                line = (await asyncio.to_thread(input, "> ")).strip()
            except EOFError:
                return
            if not line:
                return
            reply = await session.say(line)
            print(reply.text if reply else "…")
            for number, button in enumerate(reply.buttons if reply else (), start=1):
                print(f"   {number}. {button.label}")


def read(
    text: Annotated[str, typer.Argument(help="What a buyer wrote.")] = "",
    intents: Annotated[Path | None, typer.Option(help="Heads of a platform's own, from `intents train`.")] = None,
    batch: BatchIn = None,
    out: BatchOut = None,
    json: AsJson = False,
) -> None:
    """Read a message: intents with probabilities, facts, mood, flags."""
    if batch:
        write_lines(out, _read_all(batch, intents))
        return
    if not text.strip():
        raise BadInput("say what to read, or give --batch FILE")
    answer = next(iter(_readings([("", text)], intents)))
    answer.pop("id")
    if json:
        print_json(answer)
        return
    for one in answer["intents"]:
        print(f"{one['probability']:.3f}  {one['name']}")
    for name in ("language", "mood", "facts", "mentions", "flags"):
        if answer.get(name):
            print(f"{name}: {answer[name]}")


def _read_all(batch: Path, intents: Path | None) -> Iterator[dict[str, Any]]:
    lines = [(line["id"], as_text(line["text"], f"text of {line['id']}")) for line in read_lines(batch, "id", "text")]
    return _readings(lines, intents)


def _readings(lines: list[tuple[Any, str]], intents: Path | None) -> Iterator[dict[str, Any]]:
    from assistant.decisions.facts import load_catalog
    from assistant.decisions.jurisdiction import jurisdiction_of
    from assistant.understanding.reader import ReadingContext, embedded_reader

    encoder = EmbeddedEncoder()
    place = jurisdiction_of(settings_from_environment().jurisdiction)
    reader = embedded_reader(load_catalog(jurisdiction=place), encoder)
    context = ReadingContext(today=place.calendar.local_day(utc_now()))
    own = None
    if intents is not None:
        from assistant.understanding.heads import load_heads

        own = load_heads(intents)
        if own.encoder != encoder.name:
            raise BadInput(f"{intents} was trained with another encoder: train it again (`fairdesk intents train`)")
    for key, text in lines:
        if own is not None:
            outputs = own.outputs(text, encoder.query(text))
            absent = 1 - own.presence(outputs)
            yield {"id": key, "intents": _named(own.choose(outputs), absent), "none_probability": round(absent, 4)}
        else:
            yield {"id": key, **_as_json(reader.read_now(text, context))}


def _named(scores: Sequence[IntentScore], absent: float) -> list[dict[str, Any]]:
    """The intents that hold, best first; `none` with its probability when none does."""
    if not scores:
        return [{"name": "none", "probability": round(absent, 4)}]
    return [{"name": one.name, "probability": one.probability} for one in scores]


def _as_json(reading: Reading) -> dict[str, Any]:
    return {
        "intents": _named(reading.intents, 1 - reading.confidence), "language": reading.language, "mood": reading.mood,
        "facts": dict(reading.facts), "mentions": reading.mentions, "flags": sorted(reading.flags),
    }
