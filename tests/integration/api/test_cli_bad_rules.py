"""The command line before bad rules and bad facts: exit code 2, the file and the line, and never a hang or a trace."""

import subprocess
import sys
from pathlib import Path

import pytest

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
FACTS = '{"claim": {"kind": "refund"}, "order": {"state": "paid", "paid_fen": 9900}, "item": {"paid_fen": 9900}}'
RULE = """\
rules:
  - id: own.rule
    title: {zh: 甲, en: A}
    because: {zh: 因为, en: because}
    rank: %s
    cites: [promises#1.1]
    claim: [return]
    when: ["%s"]
    grant: {remedy: return_and_refund, amount: item.refundable}
"""


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """`fairdesk` in a process of its own, which a stack overrun would end: its exit code, and all that it said."""
    command = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("rules:\n- " + "[" * 1_000_000, 2, "nested more than"),
        (BOMB, 6, "aliases written out"),
        ("rules: []\n#" + "x" * 5_000_000, 1, "more than 2 MB"),
        (RULE % ("platform", "[1].all(x, [1].all(y, x == y))"), 8, "inside a loop"),
        (RULE % ("platform", "order['paid_fen'] > 3"), 8, "unknown name"),
    ],
    ids=["a million levels", "a bomb", "5 MB", "loops in loops", "reads what it may not"],
)
def test_a_bad_rule_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    """Whatever the file holds, loading it ends with exit code 2."""
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    code, said = run(tmp_path, "rules", "test", "own.yaml")
    assert code == 2
    assert f"own.yaml:{line}: " in said
    assert message in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ("[" * 1_000_000, "nested too deep"),
        (FACTS.replace("9900", "-1"), "fact `order.paid_fen`"),
        (FACTS.replace('"paid"', '"lost"'), "fact `order.state`"),
        (FACTS.replace('"claim"', '"secret"'), "secret.kind"),
    ],
    ids=["a million levels", "a negative amount", "an unknown state", "an unknown namespace"],
)
def test_bad_facts_are_named(tmp_path: Path, facts: str, message: str) -> None:
    """`decide` says what is wrong with them, with exit code 2."""
    (tmp_path / "facts.json").write_text(facts, encoding="utf-8")
    code, said = run(tmp_path, "decide", "facts.json")
    assert (code, message in said, "Traceback" in said) == (2, True, False)


def test_a_platforms_folder_decides(tmp_path: Path) -> None:
    """`--rules` lays a folder over the shipped rules; a shop's faulty one is named, with exit code 2."""
    own = tmp_path / "own" / "shops" / "corner" / "rules"
    own.mkdir(parents=True)
    (tmp_path / "facts.json").write_text(FACTS, encoding="utf-8")
    (own / "own.yaml").write_text(RULE % ("shop", "order.delivered"), encoding="utf-8")
    code, said = run(tmp_path, "decide", "facts.json", "--rules", "own", "--lang", "en")
    assert (code, "granted" in said) == (0, True)
    (own / "own.yaml").write_text(RULE % ("statute", "order.delivered"), encoding="utf-8")
    code, said = run(tmp_path, "decide", "facts.json", "--rules", "own")
    assert (code, "corner/rules/own.yaml:5: own.rule: a shop's own rules are of the rank `shop`" in said) == (2, True)
    assert run(tmp_path, "decide", "facts.json", "--rules", "nowhere")[0] == 2
