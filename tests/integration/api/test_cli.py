"""The command line at its doors: answers in fixed formats, and bad input ends with exit code 2 and one clear line."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli import main

DRESS: dict[str, Any] = {
    "claim": {"kind": "return", "reason": "changed_mind", "at": "2026-11-20T10:00:00+08:00"},
    "order": {
        "state": "delivered", "created_at": "2026-11-14T10:00:00+08:00", "delivered_at": "2026-11-17T10:00:00+08:00",
        "paid_fen": 12900,
    },
    "item": {"category": "apparel", "paid_fen": 12900},
}


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """What it printed, as JSONL."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def fairdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `fairdesk` with arguments, in an empty folder, with a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FAIRDESK_HOME", str(tmp_path / "home"))

    def run(*arguments: str, given: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["fairdesk", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return run


FILES = {
    "broken.jsonl": '{"id": 1, "query": "a", "text": "a", "turns": [], "intents": ["x"]}\n{"id":\n',
    "nothing.jsonl": '{"other": 1}\n',
    "number.jsonl": '{"id": "q1", "query": 7, "text": 7}\n',
    "list.json": "[1]",
    "half.json": '{"claim":\n  {"kind"',
    "kind.json": '{"claim": {"kind": "nonsense"}}',
    "fact.json": '{"cliam": {"kind": "return"}}',
    "when.json": '{"claim": {"kind": "return", "at": "yesterday"}}',
    "good.json": json.dumps(DRESS),
    "key.yaml": "buyer: xiaolin\nturns:\n  - sya: hello\n",
    "syntax.yaml": "buyer: [xiaolin\nturns: }\n",
    "buyer.yaml": "buyer: nobody\nturns:\n  - say: hello\n",
    "program.exe": "MZ",
}


@pytest.fixture
def files(tmp_path: Path, fairdesk: Run) -> None:
    """Faulty files of all kinds, in the folder that commands run in."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("ask ", "say what to ask"),
        ("search", "--batch"),
        ("search --batch no.jsonl", "no.jsonl: cannot be read"),
        ("search --batch broken.jsonl", "broken.jsonl:2: not valid JSON"),
        ("search --batch nothing.jsonl", "nothing.jsonl:1:"),
        ("search --batch number.jsonl", "q1 must be text"),
        ("search --batch bytes.jsonl", "bytes.jsonl: is not UTF-8"),
        ("search --batch good.jsonl --out no/where", "no/where: cannot be written"),
        ("read", "--batch"),
        ("read --batch no.jsonl", "no.jsonl: cannot be read"),
        ("read --batch broken.jsonl", "broken.jsonl:2: not valid JSON"),
        ("read --batch nothing.jsonl", "nothing.jsonl:1:"),
        ("read --batch number.jsonl", "q1 must be text"),
        ("ingest no.md", "no.md"),
        ("ingest program.exe", "program.exe: can't be read"),
        ("ingest broken.jsonl", "broken.jsonl:2:"),
        ("ingest bytes.jsonl", "bytes.jsonl:"),
        ("decide no.json", "no.json: cannot be read"),
        ("decide half.json", "half.json:2: not valid JSON"),
        ("decide list.json", "list.json: wants an object"),
        ("decide kind.json", "claim.kind"),
        ("decide fact.json", "did you mean `claim.kind`?"),
        ("decide when.json", "claim.at"),
        ("decide good.json --as-of 2026-13-01", "--as-of"),
        ("decide good.json --as-of tomorrow", "--as-of"),
        ("decide good.json --lang fr", "--lang"),
        ("inspect no.jsonl", "no.jsonl: cannot be read"),
        ("inspect broken.jsonl", "broken.jsonl:2: not valid JSON"),
        ("inspect nothing.jsonl", "nothing.jsonl:1:"),
        ("rules test no-folder", "no-folder"),
        ("rules test syntax.yaml", "syntax.yaml:2:"),
        ("rules compare syntax.yaml syntax.yaml --cases no.jsonl", "no.jsonl: cannot be read"),
        ("intents train no.jsonl --out heads", "no.jsonl"),
        ("intents train broken.jsonl --out heads", "broken.jsonl:2:"),
        ("intents train nothing.jsonl --out heads", "nothing.jsonl:1:"),
        ("eval run no-suite", "no-suite"),
        ("eval run broken.jsonl", "broken.jsonl:"),
        ("eval compare before after", "before"),
        ("chat --script no.yaml", "no.yaml:"),
        ("chat --script key.yaml", "key.yaml:3: turns.0.sya"),
        ("chat --script syntax.yaml", "syntax.yaml:2:"),
        ("chat --script buyer.yaml", "nobody"),
        ("staff add zhang --role boss", "role"),
        ("staff add zhang", "8 characters"),
        ("serve --host 0.0.0.0", "FAIRDESK_DEMO=1"),
    ],
)
def test_bad_input_ends_with_one_clear_line(fairdesk: Run, tmp_path: Path, command: str, told: str) -> None:
    """Exit code 2, and one line on standard error that names what was wrong and where."""
    (tmp_path / "good.jsonl").write_text('{"id": "q1", "query": "运费"}\n', encoding="utf-8")
    ran = fairdesk(*command.split(" "))
    assert ran.code == 2, ran
    assert ran.error.startswith("fairdesk: ")
    assert ran.error.count("\n") == 1
    assert told in ran.error
    assert ran.out == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("FAIRDESK_PORT", "abc", "FAIRDESK_PORT"),
        ("FAIRDESK_DEMO", "0", "FAIRDESK_SHOP_SECRET"),
        ("FAIRDESK_RULES", "no-folder", "no-folder"),
        ("FAIRDESK_RULES", "rules", "escalation.yaml:2:"),
    ],
)
def test_a_wrong_setting_is_named(
    fairdesk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """`serve` does not start on a setting or a rule file that is wrong; it says which."""
    (tmp_path / "rules").mkdir()
    faulty = "{id: x, when: message.colour == 'red', reason: {zh: 甲, en: a}, queue: general, priority: 1}"
    (tmp_path / "rules" / "escalation.yaml").write_text(f"rules:\n  - {faulty}\n")
    monkeypatch.setenv(name, value)
    ran = fairdesk("serve", "--port", "1") if name != "FAIRDESK_PORT" else fairdesk("serve")
    assert (ran.code, ran.error.count("\n")) == (2, 1), ran
    assert told in ran.error


@pytest.mark.parametrize("command", ["nonsense", "search x -k 0", "search x --red", "eval run x -k 99", "decide"])
def test_a_wrong_command_is_explained(fairdesk: Run, command: str) -> None:
    """An unknown command or option, or one out of range, is exit code 2 with usage."""
    ran = fairdesk(*command.split(" "))
    assert ran.code == 2
    assert "Error" in ran.error


def test_a_collection_that_is_not_there_is_bad_input(fairdesk: Run) -> None:
    """A name that leads nowhere is told in one line, with exit code 2."""
    ran = fairdesk("search", "运费", "--collection", "nothing")
    assert (ran.code, ran.error) == (2, "fairdesk: there is no collection nothing\n")


def test_search_in_batches_has_a_fixed_format(fairdesk: Run, tmp_path: Path) -> None:
    """One line for each query, in order: its id, and hits with clause, text and score, best first."""
    queries = {"a": "退货运费谁出", 2: "who pays return freight", "c": " "}
    lines = [json.dumps({"id": key, "query": query}) for key, query in queries.items()]
    (tmp_path / "in.jsonl").write_text("\n\n".join(lines), encoding="utf-8-sig")
    printed = fairdesk("search", "--batch", "in.jsonl", "-k", "3").lines
    assert [one["id"] for one in printed] == ["a", 2, "c"]
    assert [len(one["hits"]) for one in printed] == [3, 3, 0]
    for one in printed:
        assert set(one) == {"id", "hits"}
        assert all(set(hit) == {"clause", "text", "score"} for hit in one["hits"])
        scores = [hit["score"] for hit in one["hits"]]
        assert scores == sorted(scores, reverse=True)
    assert fairdesk("search", "--batch", "in.jsonl", "-k", "3", "--out", "out.jsonl").out == ""
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == printed


def test_reading_in_batches_has_a_fixed_format(fairdesk: Run, tmp_path: Path) -> None:
    """One line for each message: its id and its intents with probabilities, best first; `none` where there is none."""
    texts = ["我要退货", "where is my parcel", "锟斤拷烫烫烫 qwzx", ""]
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    printed = fairdesk("read", "--batch", "in.jsonl").lines
    assert [one["id"] for one in printed] == [0, 1, 2, 3]
    for one in printed:
        assert all(set(intent) == {"name", "probability"} for intent in one["intents"])
        probabilities = [intent["probability"] for intent in one["intents"]]
        assert probabilities == sorted(probabilities, reverse=True)
        assert all(0 <= p <= 1 for p in probabilities)
    assert [one["intents"][0]["name"] for one in printed] == ["claim.return", "order.parcel", "none", "none"]


def test_own_intents_belong_to_the_encoder_they_were_trained_with(fairdesk: Run, tmp_path: Path) -> None:
    """Heads trained with another encoder read nonsense, so they are refused with word of what to do."""
    words = {"a": "退款", "b": "包裹"}
    rows = [{"text": f"{word}{n}", "intents": [label]} for label, word in words.items() for n in range(10)]
    (tmp_path / "own.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert fairdesk("intents", "train", "own.jsonl", "--out", "heads").code == 0
    assert fairdesk("read", "--intents", "heads", "退款3", "--json").json["intents"][0]["name"] == "a"
    about = tmp_path / "heads" / "heads.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"encoder": "another"}))
    refused = fairdesk("read", "--intents", "heads", "退款3")
    assert refused.code != 0
    assert "train it again" in refused.error


def test_a_question_is_answered_with_its_clauses(fairdesk: Run) -> None:
    """`ask` answers what the policies cover, with citations, and says plainly what they don't."""
    covered = fairdesk("ask", "七天无理由退货的运费谁承担？", "--json").json
    assert covered["covered"]
    assert covered["citations"]
    beside = fairdesk("ask", "明天上海天气怎么样？", "--json").json
    assert (beside["covered"], beside["answer"], beside["citations"]) == (False, None, [])


def test_documents_taken_in_are_found(fairdesk: Run, tmp_path: Path) -> None:
    """`ingest` reports what it took in, `search` finds it in its own collection only; again nothing changes."""
    (tmp_path / "shop.md").write_text("# 清洗\n\n真丝连衣裙只能干洗，机洗缩水不在保修范围内。\n", encoding="utf-8")
    first = fairdesk("ingest", "shop.md", "--collection", "own", "--json")
    assert (first.code, first.json["added"]) == (0, 1)
    assert fairdesk("ingest", "shop.md", "--collection", "own", "--json").json["unchanged"] == 1
    hits = fairdesk("search", "真丝裙可以机洗吗", "--collection", "own", "--json").json["hits"]
    assert "干洗" in hits[0]["text"]


@pytest.mark.usefixtures("files")
def test_a_decision_is_told_as_json_and_in_words(fairdesk: Run) -> None:
    """`decide` gives outcome, amount and proof; from a file or standard input; by the rules of a day."""
    decided = fairdesk("decide", "good.json", "--json")
    assert (decided.code, decided.json["outcome"], decided.json["claim"]) == (0, "ask", "return")
    assert decided.json["proof"]
    assert fairdesk("decide", "-", "--json", given=FILES["good.json"]).json == decided.json
    assert fairdesk("decide", "good.json", "--as-of", "2026-11-20", "--json").json["outcome"] == decided.json["outcome"]
    for lang in ("zh", "en"):
        assert fairdesk("decide", "good.json", "--lang", lang).out.strip()


def test_the_shipped_rules_are_sound(fairdesk: Run) -> None:
    """`rules check` finds no fault in the shipped book, and `rules test` passes its examples."""
    checked = fairdesk("rules", "check", "--json")
    assert (checked.code, checked.json) == (0, {"ok": True, "findings": []})
    tested = fairdesk("rules", "test", "--json")
    assert (tested.code, tested.json["failed"]) == (0, [])
    assert tested.json["examples"] > 50


@pytest.mark.usefixtures("files")
def test_faults_in_rules_are_found(fairdesk: Run) -> None:
    """`rules check` on a faulty file ends with exit code 1 and names file and line."""
    checked = fairdesk("rules", "check", "syntax.yaml", "--json")
    assert checked.code == 1
    assert [(one["path"], one["line"]) for one in checked.json["findings"]] == [("syntax.yaml", 2)]


def test_a_transcript_is_inspected(fairdesk: Run, tmp_path: Path) -> None:
    """`inspect` reports every conversation by its id, with its findings."""
    turns = [{"by": "buyer", "text": "能便宜点吗"}, {"by": "agent", "text": "加我微信 abc12345，私下转账给你便宜"}]
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "t1", "turns": turns}) + "\n")
    report = fairdesk("inspect", "in.jsonl", "--json").json
    assert [one["id"] for one in report["conversations"]] == ["t1"]
    assert report["conversations"][0]["findings"]


def test_a_person_is_added_once(fairdesk: Run) -> None:
    """`staff add` adds a name once; the second time it says so."""
    added = fairdesk("staff", "add", "zhang", "--skills", "care,general", "--json", given="long enough\n")
    assert (added.code, added.json["name"], added.json["role"]) == (0, "zhang", "agent")
    again = fairdesk("staff", "add", "zhang", given="long enough\n")
    assert (again.code, again.error) == (2, "fairdesk: somebody is called zhang already\n")


def test_the_installed_command_answers(tmp_path: Path) -> None:
    """The `fairdesk` that pip installs runs as a process of its own: help, an answer as JSON, an exit code."""
    command = str(Path(sys.executable).parent / "fairdesk")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        run = [command, *arguments]
        return subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    helped = run("--help")
    assert helped.returncode == 0
    for name in ("serve", "chat", "ask", "search", "ingest", "read", "decide", "inspect", "rules", "intents", "eval"):
        assert name in helped.stdout
    refused = run("decide", "no.json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "fairdesk: no.json: cannot be read: No such file or directory\n"


COAT = {
    "claim": {"kind": "return", "reason": "changed_mind", "at": "2026-06-16T12:00:00"},
    "order": {
        "state": "delivered", "created_at": "2026-06-06", "delivered_at": "2026-06-10", "paid_fen": 10490,
        "freight_fen": 490,
    },
    "item": {"category": "apparel", "paid_fen": 10000, "condition": "unopened"},
}


@pytest.mark.parametrize("by", ["option", "setting"])
def test_decide_follows_the_law_of_the_jurisdiction(
    fairdesk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """With the Union named by option or setting, the answer is in English, in euro and by European clauses."""
    facts = tmp_path / "coat.json"
    facts.write_text(json.dumps(COAT), "utf-8")
    if by == "setting":
        monkeypatch.setenv("FAIRDESK_JURISDICTION", "EU")
    ran = fairdesk("decide", str(facts), *(["--jurisdiction", "eu"] if by == "option" else []))
    assert "granted · return and refund · €104.90 · Fourteen-day withdrawal" in ran.out
    assert "Refund by 30 Jun 23:59" in ran.out


def test_decide_answers_by_the_book_of_a_day(fairdesk: Run, tmp_path: Path) -> None:
    """Before the directive applied there was no such right; a slip in the day or the place ends with code 2."""
    facts = tmp_path / "coat.json"
    facts.write_text(json.dumps(COAT), "utf-8")
    before = fairdesk("decide", str(facts), "--jurisdiction", "EU", "--as-of", "2014-06-12", "--json").json
    after = fairdesk("decide", str(facts), "--jurisdiction", "EU", "--as-of", "2014-06-13", "--json").json
    assert (before["outcome"], after["outcome"]) == ("refuse", "grant")
    for wrong in (["--as-of", "2014-13-01"], ["--jurisdiction", "US"]):
        ran = fairdesk("decide", str(facts), *wrong)
        assert ran.code == 2
        assert wrong[1] in ran.error


def test_rules_of_a_jurisdiction_can_be_checked_and_tested(fairdesk: Run) -> None:
    """The European book is clean, and its examples hold."""
    assert fairdesk("rules", "check", "--jurisdiction", "EU", "--json").json["findings"] == []
    tested = fairdesk("rules", "test", "--jurisdiction", "EU", "--json").json
    assert tested["failed"] == []
    assert tested["examples"] >= 70


def test_two_rule_books_are_compared_over_cases(fairdesk: Run, tmp_path: Path) -> None:
    """`rules compare` tells flips and money, writes a page, and is a gate with exit code 1 beyond its bounds."""
    made = fairdesk("rules", "cases", "--generated", "60", "--seed", "3", "--out", "cases.jsonl")
    assert (made.code, made.out) == (0, "60 cases in cases.jsonl\n")
    (tmp_path / "longer.yaml").write_text("no_reason_days: 30\n", encoding="utf-8")
    books = ("rules", "compare", "shipped", "longer.yaml", "--cases", "cases.jsonl", "--json")
    told = fairdesk(*books, "--html", "page.html", "--most-less", "0").json
    assert told["ok"]
    assert (told["cases"], told["total"]["flips"], told["total"]["less"]) == (60, len(told["flips"]), 0)
    assert told["total"]["fen"] == sum(one["fen"] for one in told["flips"]) > 0
    assert sum(one["flips"] for one in told["by_category"].values()) == len(told["flips"])
    assert "<svg" in (tmp_path / "page.html").read_text(encoding="utf-8")
    gated = fairdesk(*books, "--most-flips", "0")
    assert (gated.code, gated.json["ok"]) == (1, False)


def test_a_store_without_decisions_has_no_cases(fairdesk: Run) -> None:
    """`rules cases` reads what was decided; at the start that is nothing."""
    assert fairdesk("rules", "cases", "--out", "cases.jsonl").out == "0 cases in cases.jsonl\n"


def test_a_finding_brings_the_facts_that_show_it(fairdesk: Run, tmp_path: Path) -> None:
    """`rules check` prints an order as JSON that `decide` takes, where a fault shows only on certain facts."""
    head = "title: {zh: 甲, en: A}, because: {zh: 甲, en: A}, cites: [returns#1.1], claim: [return]"
    shown = "examples: [{name: n, given: {order.state: delivered, item.paid_fen: 900}, expect: {outcome: grant}}]"
    grants = {"statute": "remedy: return_and_refund, amount: item.refundable", "shop": "remedy: refund, amount: '50'"}
    rules = [
        f"  - {{id: a.{rank}, rank: {rank}, {head}, when: [order.delivered], grant: {{{grant}}}, {shown}}}"
        for rank, grant in grants.items()
    ]
    (tmp_path / "rules.yaml").write_text("rules:\n" + "\n".join(rules) + "\n", encoding="utf-8")
    found = [one for one in fairdesk("rules", "check", "rules.yaml", "--json").json["findings"] if one["witness"]]
    assert [(one["code"], one["rule"], one["line"]) for one in found] == [("takes_away", "a.shop", 3)]
    assert "shown by {" in fairdesk("rules", "check", "rules.yaml").out
    (tmp_path / "facts.json").write_text(json.dumps(found[0]["witness"]), encoding="utf-8")
    assert fairdesk("decide", "facts.json", "--json").code == 0
