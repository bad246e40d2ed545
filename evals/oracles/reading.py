"""Judges how a message was read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.understanding.reading import Reading
from evals.metrics import Figure, auroc, macro_f1, share
from evals.results import CaseResult, Failure, Trial
from evals.suites import ReadingCase

NONE = "none"


def judge_reading(case: ReadingCase, reading: Reading) -> Trial:
    """Compare a reading with what the case says of the message."""
    wrong = [*_intents(case, reading), *_facts(case, reading), *_tone(case, reading)]
    scores: dict[str, Any] = {
        "intent": reading.intent, "wanted": list(case.intent), "confidence": reading.confidence,
        "facts_right": not list(_facts(case, reading)) if case.facts else None,
        "flags_right": not list(_tone(case, reading)) if case.flags or case.no_flags or case.moods else None,
    }
    return Trial(tuple(Failure("reading", message) for message in wrong), scores, _detail(reading))


def reading_figures(cases: Sequence[CaseResult]) -> dict[str, Figure]:
    """Accuracy of the best intent, macro-F1, facts, flags and moods, and how well none is told from some."""
    scores = [case.worst.scores for case in cases]
    asked = [one for one in scores if one["wanted"]]
    figures = {
        "intent": share(sum(one["intent"] in one["wanted"] for one in asked), len(asked)),
        "macro_f1": macro_f1([one["wanted"] for one in asked], [one["intent"] for one in asked]),
    }
    for name in ("facts_right", "flags_right"):
        judged = [one[name] for one in scores if one[name] is not None]
        if judged:
            figures[name] = share(sum(judged), len(judged))
    outside = [one["confidence"] for one in asked if one["wanted"] == [NONE]]
    inside = [one["confidence"] for one in asked if NONE not in one["wanted"]]
    if outside and inside:
        figures["none_auroc"] = auroc(inside, outside)
    return figures


def _intents(case: ReadingCase, reading: Reading) -> Iterable[str]:
    if case.intent and reading.intent not in case.intent:
        yield f"intent: wanted {' or '.join(case.intent)}, read {reading.intent}"
    for name in case.also:
        if not reading.has(name):
            yield f"intent: wanted {name} among them, read {', '.join(i.name for i in reading.intents) or NONE}"


def _facts(case: ReadingCase, reading: Reading) -> Iterable[str]:
    for name, wanted in case.facts.items():
        got = reading.facts.get(name)
        if got != wanted or type(got) is not type(wanted):
            yield f"{name}: wanted {wanted!r}, read {got!r}"


def _tone(case: ReadingCase, reading: Reading) -> Iterable[str]:
    if case.moods and reading.mood.name not in case.moods:
        yield f"mood: wanted {' or '.join(case.moods)}, read {reading.mood.name}"
    for flag in case.flags:
        if flag not in reading.flags:
            yield f"flags: wanted {flag}, read {', '.join(sorted(reading.flags)) or NONE}"
    for flag in case.no_flags:
        if flag in reading.flags:
            yield f"flags: {flag} is not said, but was read"


def _detail(reading: Reading) -> Mapping[str, Any]:
    return {
        "intents": {one.name: round(one.probability, 3) for one in reading.intents}, "facts": dict(reading.facts),
        "mood": reading.mood.name, "flags": sorted(reading.flags), "language": reading.language,
    }
