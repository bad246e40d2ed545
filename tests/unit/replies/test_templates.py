"""The templates: every line in both languages, with the same blanks, and with no number of its own."""

import re
from importlib.resources import files
from string import Formatter
from typing import Any, get_args

import pytest
import yaml

from assistant.decisions.book import default_book
from assistant.planning import step as s
from assistant.replies.cards import CLAIM_TITLES
from assistant.replies.templates import has, label, say, step_label

ALL: dict[str, Any] = yaml.safe_load(files("assistant.replies").joinpath("templates.yaml").read_text(encoding="utf-8"))
LINES = {name: lines for name, lines in ALL.items() if name not in ("steps", "buttons")}
HOTLINES = {"12356", "120", "110", "12315"}


def blanks(line: str) -> set[str]:
    """The names of the blanks of a line."""
    return {name for _, name, _, _ in Formatter().parse(line) if name}


@pytest.mark.parametrize("name", LINES)
def test_a_line_is_there_in_both_languages_with_the_same_blanks(name: str) -> None:
    """Nothing is said in one language only, and no amount is named in one and left out in the other."""
    lines = LINES[name]
    assert set(lines) == {"zh", "en"}
    zh, en = ({blank for line in lines[language] for blank in blanks(line)} for language in ("zh", "en"))
    assert zh == en
    assert all(line.strip() for language in ("zh", "en") for line in lines[language])


@pytest.mark.parametrize("name", LINES)
def test_a_line_holds_no_number_of_its_own(name: str) -> None:
    """Numbers come from decisions, clauses and orders; only public hotlines stand in a template."""
    text = " ".join(line for language in ("zh", "en") for line in LINES[name][language])
    assert set(re.findall(r"\d+", text)) <= HOTLINES


@pytest.mark.parametrize("name", LINES)
def test_the_variants_of_a_line_have_what_it_must_say(name: str) -> None:
    """Whichever variant is picked, an amount, a number, a reason or a question is never left out."""
    must = {"amount", "because", "number", "question", "answer", "alternatives", "promised", "item", "named"}
    for language in ("zh", "en"):
        held = [blanks(line) & must for line in LINES[name][language]]
        assert all(one == held[0] for one in held)


def test_every_variant_is_used_in_turn() -> None:
    """Saying the same again does not sound canned: the variants take turns."""
    said = {say("thanks", "zh", variant) for variant in range(10)}
    assert said == set(LINES["thanks"]["zh"])


def test_every_remedy_and_every_claim_can_be_said() -> None:
    """There is a line for proposing each remedy and a button for each claim."""
    for rule in default_book().rules:
        if rule.effect == "grant":
            assert has(f"propose_{rule.grant.remedy}"), rule.id
    assert all(label(claim, language) for claim in CLAIM_TITLES for language in ("zh", "en"))


def test_every_step_that_the_copilot_shows_has_a_name() -> None:
    """The desk never shows the bare name of a step that can come next."""
    after_a_yes_or_no = {"Confirm", "Decline", "Hesitation", "Drop"}
    for step in {kind.__name__ for kind in get_args(s.Step)} - after_a_yes_or_no:
        assert step_label(step, "zh") != step, step
        assert step_label(step, "en") != step, step


def test_a_name_without_a_line_is_known_to_be_missing() -> None:
    """Special words for a rule are used where there are some, and only there."""
    assert has("handover_safety")
    assert not has("handover_angry")
