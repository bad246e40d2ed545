"""Reading and writing of the command line: JSON, JSONL, files that may be missing or wrong."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python

from knowledge.errors import BadInput

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BatchIn = Annotated[Path | None, typer.Option("--batch", help="A JSONL file to work through.")]
BatchOut = Annotated[Path | None, typer.Option("--out", help="Where to write the answers, as JSONL.")]


def print_json(value: object) -> None:
    """Print any of our values as JSON, Chinese as it is."""
    print(json.dumps(to_jsonable_python(value), ensure_ascii=False, indent=2))


def json_line(value: object) -> str:
    """One line of JSONL."""
    return json.dumps(to_jsonable_python(value), ensure_ascii=False)


def read_json(path: Path) -> Any:
    """A JSON file's value (`-` is standard input).

    Raises:
        BadInput: it can't be read or isn't JSON; names the line.
    """
    text = sys.stdin.read() if str(path) == "-" else read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise BadInput(f"{path}: nested too deep to be read") from error


def read_lines(path: Path, *needed: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; each must have the keys `needed`, as text or number.

    Raises:
        BadInput: names the line that is wrong.
    """
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"{path}:{number}: not valid JSON: {error.msg}") from error
        except RecursionError as error:
            raise BadInput(f"{path}:{number}: nested too deep to be read") from error
        missing = [key for key in needed if not isinstance(value, dict) or key not in value]
        if missing:
            raise BadInput(f"{path}:{number}: wants an object with {', '.join(needed)}; {missing[0]} is missing")
        yield value


def read_text(path: Path) -> str:
    """A file's text, or BadInput saying why not."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text (byte {error.start})") from error


def write_lines(path: Path | None, values: Iterable[object]) -> int:
    """Write JSONL to a file, or to standard output; returns how many lines."""
    count = 0
    if path is None:
        for value in values:
            print(json_line(value))
            count += 1
        return count
    try:
        with path.open("w", encoding="utf8") as out:
            for value in values:
                out.write(json_line(value) + "\n")
                count += 1
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from error
    return count


def as_text(value: object, what: str) -> str:
    """`value`, which must be text.

    Raises:
        BadInput: it isn't.
    """
    if not isinstance(value, str):
        raise BadInput(f"{what} must be text, not {type(value).__name__}")
    return value
