"""Labelled utterances: what heads are trained on and measured by."""

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.understanding.language import language_of
from knowledge.errors import BadInput

LABEL_KEYS = ("intents", "labels", "intent", "label", "category")


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text and its labels; no labels means none of these.

    `voice` names the writer, so that whole writers can be held out.
    """

    text: str
    labels: tuple[str, ...]
    voice: str = ""
    language: str = "zh"


def read_utterances(path: Path) -> tuple[Utterance, ...]:
    """Read JSONL (`{"text", "intents": [...], "voice", "lang"}`) or CSV (`text,label`).

    The labels may stand under `intents`, `labels`, `intent`, `label` or `category`, as a list or as one name.

    Raises:
        BadInput: a row that can't be used; names file and line.
    """
    rows = _csv_rows(path) if path.suffix == ".csv" else _json_rows(path)
    return tuple(_utterance(row, path, line) for line, row in rows)


def _json_rows(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if text.strip():
            try:
                yield line, json.loads(text)
            except ValueError as broken:
                raise BadInput(f"{path}:{line}: not JSON: {broken}") from broken


def _csv_rows(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            yield reader.line_num, dict(row)


def _utterance(row: Any, path: Path, line: int) -> Utterance:
    key = next((k for k in LABEL_KEYS if isinstance(row, dict) and k in row), None)
    if key is None or not isinstance(row.get("text"), str):
        raise BadInput(f"{path}:{line}: an utterance needs `text` and one of {', '.join(LABEL_KEYS)}")
    given = row[key]
    labels = [given] if isinstance(given, str) and given else given or []
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise BadInput(f"{path}:{line}: labels must be text or a list of text")
    language = row.get("lang") or language_of(row["text"])
    return Utterance(row["text"], tuple(labels), str(row.get("voice") or ""), language)


def fingerprint(paths: Sequence[Path]) -> str:
    """A hash of what these files hold, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
