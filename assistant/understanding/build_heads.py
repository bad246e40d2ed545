"""Builds the shipped heads from the labelled lines beside them: `python -m assistant.understanding.build_heads`.

Takes a few minutes on one core, most of it for embedding. The same lines, encoder and numpy give the same bytes. A
test compares
the fingerprints in the artifacts with the lines and asks for a new build when they differ.
"""

import json
from dataclasses import replace
from pathlib import Path

from assistant.understanding.evaluation import Evaluation
from assistant.understanding.heads import save_heads
from assistant.understanding.lexicon import DATA, shipped_lexicon
from assistant.understanding.training import QueryEncoder, Recipe, train
from assistant.understanding.utterances import Utterance, fingerprint, read_utterances
from knowledge.encoder.lessons import held_out

UTTERANCES = tuple(DATA / f"utterances-{part}.jsonl" for part in ("zh", "en", "none"))
SOURCES: dict[str, tuple[Path, ...]] = {
    "intent": UTTERANCES,
    "mood": (DATA / "mood.jsonl",),
    "guard": (DATA / "guards.jsonl", DATA / "cues.yaml", *UTTERANCES),
}
"""What each heads' artifact is made from."""
RECIPES = {
    "intent": Recipe(hidden=384, members=7, willing_to_lose=0.03),
    "mood": Recipe(hidden=192, members=7),
    "guard": Recipe(hidden=256, false_alarms=0.02),
}
_HARMLESS = ("ask.", "order.", "chat.", "shop.", "claim.", "act.confirm", "act.refuse")
"""Intents whose utterances, where no cue is in them, serve the guards as examples of harmless messages."""


def lines_for(name: str) -> tuple[Utterance, ...]:
    """The labelled lines that the heads of this name learn from."""
    if name == "intent":
        return _shipped_utterances()
    if name == "mood":
        return read_utterances(DATA / "mood.jsonl")
    harmless = (u for u in _shipped_utterances() if _is_harmless(u))
    return read_utterances(DATA / "guards.jsonl") + tuple(
        replace(u, labels=(), voice="") for n, u in enumerate(harmless) if n % 3 == 0
    )


def _is_harmless(utterance: Utterance) -> bool:
    known = bool(utterance.labels) and all(label.startswith(_HARMLESS) for label in utterance.labels)
    return known and not shipped_lexicon().flags_in(utterance.text)


def _not_learned(utterance: Utterance) -> bool:
    """Whether the encoder was not tuned on this utterance: it keeps whole voices for measuring."""
    return held_out(utterance.voice)


def _shipped_utterances() -> tuple[Utterance, ...]:
    return tuple(utterance for path in UTTERANCES for utterance in read_utterances(path))


def build(folder: Path, encoder: QueryEncoder) -> dict[str, Evaluation]:
    """Train all heads and write them to a folder; the evaluations on unseen folds, by name."""
    reports = {}
    for name, recipe in RECIPES.items():
        judges = _not_learned if name == "intent" else None
        trained = train(lines_for(name), encoder, recipe, fingerprint(SOURCES[name]), judges)
        save_heads(trained.heads, folder, f"{name}-heads")
        reports[name] = trained.evaluation
        print(f"{name}: {json.dumps(json.loads(trained.evaluation.as_json()), ensure_ascii=False)}")
    confusion = reports["intent"].confusion_csv()
    (folder / "intent-confusion.csv").write_text(confusion, encoding="utf-8")
    figures = {name: json.loads(report.as_json()) for name, report in reports.items()}
    report = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
    (folder / "heads-report.json").write_text(report, encoding="utf-8")
    return reports


if __name__ == "__main__":
    from knowledge.embedding import EmbeddedEncoder

    build(DATA, EmbeddedEncoder(cached_queries=10_000))
