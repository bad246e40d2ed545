"""The words of decisions, from `knowledge/rules/vocabulary.yaml`: remedies, deadlines, freight, ranks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.decisions.sources import TextModel, read_source
from knowledge.text import Text

VOCABULARY_FILE = Path(__file__).parents[2] / "knowledge" / "rules" / "vocabulary.yaml"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names in both languages, each by its key in the rules."""

    remedies: Mapping[str, Text]
    deadlines: Mapping[str, Text]
    at_once: Mapping[str, Text]
    freight: Mapping[str, Text]
    evidence: Mapping[str, Text]
    ranks: Mapping[str, Text]
    outcomes: Mapping[str, Text]
    truths: Mapping[str, Text]
    sources: Mapping[str, Text]

    def deadline(self, name: str) -> Text:
        """What a deadline is called; its key where it has no name, so that a new one is never lost."""
        return self.deadlines.get(name, Text(name, name.replace("_", " ")))


class _FileModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    remedies: dict[str, TextModel]
    deadlines: dict[str, TextModel]
    at_once: dict[str, TextModel]
    freight: dict[str, TextModel]
    evidence: dict[str, TextModel]
    ranks: dict[str, TextModel]
    outcomes: dict[str, TextModel]
    truths: dict[str, TextModel]
    sources: dict[str, TextModel]


def load_vocabulary(path: Path = VOCABULARY_FILE) -> Vocabulary:
    """Read the words from a file.

    Raises:
        BadKnowledge: the file is wrong; names file and line.
    """
    model = read_source(path).parse(_FileModel)
    groups: dict[str, dict[str, TextModel]] = {name: getattr(model, name) for name in _FileModel.model_fields}
    return Vocabulary(**{name: {key: t.text() for key, t in group.items()} for name, group in groups.items()})


@lru_cache(maxsize=1)
def default_vocabulary() -> Vocabulary:
    """The shipped words, read once."""
    return load_vocabulary()
