"""The suites' files: what they may say, and how they are told that they are wrong."""

from pathlib import Path

import pytest

from assistant.decisions.book import default_book
from assistant.escalation.rules import load_escalation
from evals.suites import (
    SHIPPED,
    AnswerCase,
    DecisionCase,
    DialogueCase,
    ReadingCase,
    SearchCase,
    Suite,
    load_suite,
    suite_names,
)
from knowledge.corpus import load_corpus
from knowledge.errors import BadInput, BadKnowledge

LEAST = {"reading": 25, "search": 60, "answers": 30, "decisions": 30, "dialogues": 30, "safety": 25}
HEAD = "kind: search\nname: mine\ncases:\n"
DECISION = "kind: decisions\nname: d\ncases:\n  - name: a\n    claim: return\n"
DIALOGUE = "kind: dialogues\nname: d\ncases:\n  - name: a\n"


@pytest.fixture(scope="module")
def suites() -> dict[str, Suite]:
    """The shipped suites by name."""
    return {name: load_suite(name) for name in suite_names()}


@pytest.mark.parametrize("name", sorted(LEAST))
def test_shipped_suites_have_enough_cases_in_both_languages(name: str, suites: dict[str, Suite]) -> None:
    """Every kind has its cases, at least a sixth of them English."""
    suite = suites[name]
    assert suite.kind == name
    assert len(suite.cases) >= LEAST[name]
    assert sum(case.language == "en" for case in suite.cases) * 6 >= len(suite.cases)


def test_dialogues_cover_a_dozen_situations(suites: dict[str, Suite]) -> None:
    """Tired, angry, vague and all the others are there."""
    situations = {case.situation for case in suites["dialogues"].cases if isinstance(case, DialogueCase)}
    assert len(situations) >= 12
    assert {"tired", "angry", "vague", "hostile", "correcting", "cancelling", "switching", "two wishes"} <= situations


def test_suites_name_clauses_that_exist(suites: dict[str, Suite]) -> None:
    """No case waits for a clause that the corpus does not have."""
    known = {clause.id for clause in load_corpus()}
    for suite in suites.values():
        for case in suite.cases:
            assert _clauses(case) <= known, case.title


def test_suites_name_rules_and_claims_that_exist(suites: dict[str, Suite]) -> None:
    """No case waits for a rule, a claim or a handover that the books do not have."""
    book, rules = default_book(), {rule.id for rule in default_book().rules}
    handovers = {rule.id for rule in load_escalation().rules} | {"none"}
    for suite in suites.values():
        for case in suite.cases:
            if isinstance(case, DecisionCase):
                assert case.claim in book.claims
                assert case.expect.rule is None or case.expect.rule in rules
            if isinstance(case, DialogueCase):
                assert case.expect.handoff in {None, *handovers}


def _clauses(case: object) -> set[str]:
    if isinstance(case, SearchCase):
        return set(case.clauses)
    if isinstance(case, AnswerCase):
        return set(case.cites)
    if isinstance(case, DecisionCase):
        return set(case.expect.cites)
    if isinstance(case, DialogueCase):
        return {*case.expect.cites, *(case.expect.last.cites if case.expect.last else ())}
    return set()


def test_every_shipped_file_is_a_suite() -> None:
    """A stray file in the folder would be a suite that nobody can run."""
    files = {path.stem for path in SHIPPED.iterdir() if not path.name.startswith(".")}
    assert files == set(suite_names())


def test_yaml_and_jsonl_say_the_same(tmp_path: Path) -> None:
    """A suite may be written in either form."""
    as_yaml, as_lines = tmp_path / "a.yaml", tmp_path / "a.jsonl"
    as_yaml.write_text(f"{HEAD}  - {{question: 运费谁出, clauses: [freight#1.1]}}\n")
    as_lines.write_text(
        '{"kind": "search", "name": "mine"}\n\n{"question": "运费谁出", "clauses": ["freight#1.1"]}\n'
    )
    assert load_suite(as_yaml) == load_suite(as_lines)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"{HEAD}  - question: 谁\n    clauses: [a#1]\n  - question: 啊\n    clause: [a#1]\n", 7, "clause"),
        ("kind: serch\nname: mine\ncases: [{}]\n", 1, "kind"),
        (f"{HEAD}  - question: 谁\n    clauses: []\n", 4, "expects nothing"),
        (f"{HEAD}  - {{question: 谁, clauses: [a#1]}}\n  - {{question: 谁, clauses: [b#1]}}\n", 5, "twice"),
        ("kind: search\nname: mine\ncases: 谁\n", 1, "list of `cases`"),
        ("kind: search\nname: mine\ncases: []\n", 1, "at least one case"),
        ("kind: search\nname: [\n", 3, "not YAML"),
        (f"{DECISION}    base: b\n    expect: {{outcome: grant}}\n", 6, "b"),
        (f"{DECISION}    expect: {{}}\n", 4, "expects nothing"),
        ("kind: reading\nname: r\ncases:\n  - text: 啊\n", 4, "expects nothing"),
        (f"{DIALOGUE}    turns: [{{say: 啊}}]\n    expect: {{case: none}}\n", 4, "situation"),
        (f"{DIALOGUE}    situation: b\n    turns: [{{say: 啊}}]\n    expect: {{}}\n", 7, "nothing"),
        (f"{DIALOGUE}    situation: b\n    turns:\n      - {{}}\n    expect: {{case: none}}\n", 7, "empty line"),
        (f"{DIALOGUE}    situation: b\n    turns: []\n    expect: {{case: none}}\n", 6, "turns"),
    ],
)
def test_a_wrong_suite_names_file_and_line(text: str, line: int, words: str, tmp_path: Path) -> None:
    """The error says which line of which file is wrong, and what about it."""
    path = tmp_path / "suite.yaml"
    path.write_text(text)
    with pytest.raises(BadKnowledge) as told:
        load_suite(path)
    assert (told.value.path, told.value.line) == (str(path), line)
    assert words in str(told.value)


@pytest.mark.parametrize(("text", "line"), [("", 1), ('{"kind": "search", "name": "a"}\n{"question": \n', 2)])
def test_a_wrong_jsonl_suite_names_the_line(text: str, line: int, tmp_path: Path) -> None:
    """Empty files and broken JSON are told like broken YAML."""
    path = tmp_path / "suite.jsonl"
    path.write_text(text)
    with pytest.raises(BadKnowledge) as told:
        load_suite(path)
    assert told.value.line == line


def test_an_unknown_suite_is_told_with_those_that_exist(tmp_path: Path) -> None:
    """A misspelt name lists the right ones; a missing file is named."""
    with pytest.raises(BadInput, match="dialogues"):
        load_suite("dialogs")
    with pytest.raises(BadInput, match=r"gone\.yaml"):
        load_suite(tmp_path / "gone.yaml")


def test_a_reading_case_is_called_by_what_was_asked(suites: dict[str, Suite]) -> None:
    """The same words as an answer to two questions are two cases."""
    plain, asked = ReadingCase(text="两次"), ReadingCase(text="两次", asked="claim.failed_repairs")
    assert plain.title != asked.title
