"""Batches of lessons and of utterances, drawn with a seeded generator."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from knowledge.encoder.lessons import Lesson, Said

GROUPS, LESSONS_OF_A_GROUP, QUESTIONS_OF_A_LESSON = 5, 7, 3
"""A batch has passages of one group beside each other: near misses are what search gets wrong."""

_T = TypeVar("_T")

LABELS, SAID_OF_A_LABEL, NONE_OF_THEM = 10, 4, 4


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts and which belong together: question `i` asks for passage `asks[i]`; utterances of equal `means` agree.

    `means` is -1 for utterances that agree with nothing.
    """

    passages: list[str]
    questions: list[str]
    asks: list[int]
    said: list[str]
    means: list[int]


def draw(lessons: Sequence[Lesson], said: Sequence[Said], random: Random) -> Batch:
    """One batch."""
    chosen = _lessons(lessons, random)
    asked = [(q, n) for n, lesson in enumerate(chosen) for q in _some(lesson.questions, QUESTIONS_OF_A_LESSON, random)]
    meant = _said(said, random)
    return Batch(
        passages=[random.choice(lesson.wordings) for lesson in chosen],
        questions=[question for question, _ in asked],
        asks=[place for _, place in asked],
        said=[text for text, _ in meant],
        means=[place for _, place in meant],
    )


def _lessons(lessons: Sequence[Lesson], random: Random) -> list[Lesson]:
    """Lessons of a few groups; a group four times as large is drawn twice as often, and lone lessons never are."""
    groups: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault(lesson.group, []).append(lesson)
    known = [group for group in groups.values() if len(group) > 1] or list(groups.values())
    drawn = random.choices(known, [len(group) ** 0.5 for group in known], k=GROUPS)
    chosen = list({group[0].group: group for group in drawn}.values())
    return [lesson for group in chosen for lesson in _some(group, LESSONS_OF_A_GROUP, random)]


def _said(said: Sequence[Said], random: Random) -> list[tuple[str, int]]:
    """Utterances of a few labels, each with the number of its label, and some that have none."""
    by_label: dict[str, list[Said]] = {}
    for utterance in said:
        by_label.setdefault(utterance.label, []).append(utterance)
    none = [(u.text, -1) for u in _some(by_label.pop("", []), NONE_OF_THEM, random)]
    labels = _some(sorted(by_label), LABELS, random)
    drawn = [(n, _some(by_label[label], SAID_OF_A_LABEL, random)) for n, label in enumerate(labels)]
    return none + [(utterance.text, n) for n, some in drawn for utterance in some]


def _some(of: Sequence[_T], count: int, random: Random) -> list[_T]:
    return random.sample(of, min(count, len(of)))
