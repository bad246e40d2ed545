"""What the encoder learns from: questions beside the passages that answer them, and utterances beside their labels.

Whole documents, whole industries and whole voices are held out for measuring, never single rows. Which ones does not
depend on what else there is, so that a group once held out stays so as the data grow.
"""

import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.clauses import Clause
from knowledge.passages import passages_of

PAIRS = Path(__file__).parents[1] / "data" / "pairs"
"""Short passages of many industries with the questions that people ask for them, one file an industry."""

HELD_OUT = 5
"""One group of this many is held out."""

_ARTICLE = re.compile("第[一二三四五六七八九十百千零]+条")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A passage in one or more wordings, questions that it answers, and the group that it is held out with."""

    group: str
    wordings: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance, its only label (empty for none of them), and who said it."""

    text: str
    label: str
    voice: str


def held_out(group: str) -> bool:
    """Whether this document, industry or voice is kept for measuring."""
    return zlib.crc32(group.encode()) % HELD_OUT == 0


def lessons_of(clauses: Iterable[Clause]) -> list[Lesson]:
    """A lesson for each clause in force that questions were written for; its document is its group."""
    lessons = []
    for clause in clauses:
        wordings = tuple(p.text for p in passages_of(clause) if p.kind == "text")
        if clause.in_force_to is None and clause.questions:
            lessons.append(Lesson(clause.document, wordings, tuple(clause.questions)))
    return lessons


def read_pairs(folder: Path = PAIRS) -> list[Lesson]:
    """A lesson for each line `{"id", "domain", "text", "zh": [...], "en": [...]}` of all files in a folder."""
    rows = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in _lines(file)]
    return [Lesson(row["domain"], (row["text"],), (*row["zh"], *row["en"])) for row in rows]


def read_stard(folder: Path) -> list[Lesson]:
    """A lesson for each article of law that questions of STARD (Su et al. 2024) ask for; the law is its group.

    Reads `articles.jsonl` (`id`, `name`, `content`) and `questions.jsonl` (`question`, `gold`: ids of articles).
    """
    articles = {row["id"]: row for row in map(json.loads, _lines(folder / "articles.jsonl"))}
    asked: dict[int, list[str]] = {}
    for row in map(json.loads, _lines(folder / "questions.jsonl")):
        for article in row["gold"]:
            asked.setdefault(article, []).append(row["question"])
    return [_of_law(articles[article], tuple(questions)) for article, questions in sorted(asked.items())]


def _of_law(article: dict[str, str], questions: tuple[str, ...]) -> Lesson:
    law = _ARTICLE.split(article["name"])[0]
    return Lesson(law, (f"{article['name']}\n{article['content']}".strip(),), questions)


def read_said(files: Iterable[Path]) -> list[Said]:
    """The utterances with one label or none from files of `{"text", "intents", "voice"}`."""
    rows = [json.loads(line) for file in files for line in _lines(file)]
    return [Said(r["text"], "".join(r["intents"]), r["voice"]) for r in rows if len(r["intents"]) < 2]


def to_learn(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons that may be learned from."""
    return [lesson for lesson in lessons if not held_out(lesson.group)]


def to_measure(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons that are held out."""
    return [lesson for lesson in lessons if held_out(lesson.group)]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if line.strip()]
