"""Takes a platform's own documents into a collection: Markdown (ours and plain), TXT, HTML, and JSONL.

A collection is a folder of two files, the clauses and their vectors, from which every index can be built again. A file
taken in again replaces what it brought before; vectors of unchanged texts are kept.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from knowledge.clauses import Clause, Source
from knowledge.content import all_passages
from knowledge.documents import is_ours, parse_document
from knowledge.embedding import Encoder
from knowledge.errors import BadInput, NotFound, TooLarge, Unavailable
from knowledge.files import locked, replace_text
from knowledge.splitting import Piece, split_html, split_markdown
from knowledge.text import Text
from knowledge.vectors import VectorFile, with_passages

MAX_BYTES = 20_000_000
MAX_PASSAGE = 20_000
SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".jsonl")

_NAME = re.compile(r"\w[\w-]{0,62}")
_CLAUSE = TypeAdapter(Clause)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in clauses; `clauses` is how many the collection has now."""

    collection: str
    files: int
    clauses: int
    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection's folder under a home: its clauses and their vectors."""

    folder: Path

    @classmethod
    def at(cls, home: Path, tenant: str, name: str) -> "Collection":
        """The collection of a tenant. Raises `BadInput` for names that could lead out of the folder."""
        for part in (tenant, name):
            if not _NAME.fullmatch(part):
                raise BadInput(f"the name {part[:80]!r} must be letters, digits, - and _, at most 63 of them")
        return cls(home / "collections" / tenant / name)

    @property
    def version(self) -> int:
        """Changes whenever the collection does; 0 when it isn't there."""
        path = self.folder / "clauses.jsonl"
        return path.stat().st_mtime_ns if path.exists() else 0

    def clauses(self) -> list[Clause]:
        """The clauses; raises `NotFound` when there is no such collection."""
        path = self.folder / "clauses.jsonl"
        if not path.exists():
            raise NotFound(f"there is no collection {self.folder.name}")
        return [_CLAUSE.validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def vectors(self) -> VectorFile | None:
        """The vectors, or None where there are none that can be read."""
        try:
            return VectorFile.load(self.folder / "vectors.npz")
        except Unavailable:
            return None

    def save(self, clauses: Sequence[Clause], vectors: VectorFile | None) -> None:
        """Writes vectors, then clauses, so that clauses are never without the vectors they had."""
        if vectors is not None:
            vectors.save(self.folder / "vectors.npz")
        lines = (_CLAUSE.dump_json(clause).decode() for clause in clauses)
        replace_text(self.folder / "clauses.jsonl", "".join(line + "\n" for line in lines))


def ingest(paths: Iterable[Path], collection: Collection, encoder: Encoder | None) -> IngestReport:
    """Takes files, and folders of them, into a collection. Without an encoder it can be searched by words alone.

    Raises `BadInput` (with the file, and the line where there is one) before anything is changed.
    """
    files = _files(paths)
    brought = {path.name: read_clauses(path) for path in files}
    with locked(collection.folder):
        before = collection.clauses() if collection.version else []
        kept = [clause for clause in before if clause.source.name not in brought]
        after = kept + [clause for clauses in brought.values() for clause in clauses]
        _refuse_repeated(after)
        vectors = with_passages(collection.vectors(), all_passages(after), encoder) if encoder else None
        collection.save(after, vectors)
    return _report(collection.folder.name, len(files), before, after)


def read_clauses(path: Path) -> list[Clause]:
    """The clauses in one file, each naming the file as its source. Raises `BadInput` and `TooLarge`."""
    text = _text(path)
    if path.suffix == ".jsonl":
        clauses = _jsonl(text, path)
    elif is_ours(text):
        clauses = [_from_file(clause, path) for clause in parse_document(text, str(path)).clauses]
    else:
        split = split_html if path.suffix in (".html", ".htm") else split_markdown
        document = re.sub(r"[^\w-]+", "-", path.stem).strip("-").lower() or "document"
        clauses = [_clause(f"{document}#{piece.anchor}", piece, path) for piece in split(text)]
    if not clauses:
        raise BadInput(f"{path}: there is no text in it")
    return clauses


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files meant: those named, and in folders those of a kind that can be read."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        elif path.is_file():
            files.append(path)
        else:
            raise BadInput(f"{path}: there is no such file")
    names = [path.name for path in files]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadInput(f"two files are called {min(twice)}: a collection tells files apart by name")
    return files


def _text(path: Path) -> str:
    """The text of a file in UTF-8 or GB 18030."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{path}: can't be read; use one of {', '.join(SUFFIXES)}")
    if path.stat().st_size > MAX_BYTES:
        raise TooLarge(f"{path}: more than {MAX_BYTES // 1_000_000} MB")
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{path}: is neither UTF-8 nor GB 18030 text")


def _jsonl(text: str, path: Path) -> list[Clause]:
    """One clause a line: `{"id", "text"}`, and if there are any `title` and `questions`. The id is kept as it is."""
    clauses = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            piece = Piece("", str(row.get("title", "")), str(row["text"]).strip())
            clause_id, questions = str(row["id"]), tuple(map(str, row.get("questions", ())))
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise BadInput(f'{path}:{number}: expected {{"id": …, "text": …}}') from error
        if not piece.text or not clause_id:
            raise BadInput(f"{path}:{number}: the id or the text is empty")
        clauses.append(_clause(clause_id, piece, path, questions))
    return clauses


def _clause(clause_id: str, piece: Piece, path: Path, questions: tuple[str, ...] = ()) -> Clause:
    """A clause of a text in one language, which stands for both."""
    text = piece.text[:MAX_PASSAGE]
    source = Source(path.name, section=piece.anchor)
    return Clause(clause_id, Text(piece.title, piece.title), Text(text, text), source, questions=questions)


def _from_file(clause: Clause, path: Path) -> Clause:
    """A clause of our own format, whose source becomes the file that it came with."""
    values = _CLAUSE.dump_python(clause)
    values["source"]["note"] = values["source"]["note"] or clause.source.name
    values["source"]["name"] = path.name
    try:
        return _CLAUSE.validate_python(values)
    except ValidationError as error:
        raise BadInput(f"{path}: {error}") from error


def _refuse_repeated(clauses: Iterable[Clause]) -> None:
    """Two clauses of one id and one first day can't be told apart."""
    seen: dict[str, str] = {}
    for clause in clauses:
        if clause.key in seen:
            raise BadInput(f"the id {clause.id} is there twice: in {seen[clause.key]} and in {clause.source.name}")
        seen[clause.key] = clause.source.name


def _report(name: str, files: int, before: Sequence[Clause], after: Sequence[Clause]) -> IngestReport:
    """Counts what became of the clauses."""
    old, new = {c.key: c for c in before}, {c.key: c for c in after}
    same = sum(new[key] == clause for key, clause in old.items() if key in new)
    both = len(old.keys() & new.keys())
    return IngestReport(name, files, len(new), len(new) - both, both - same, len(old) - both, same)
