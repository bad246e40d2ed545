"""Documents of our own Markdown."""

from datetime import date

import pytest

from knowledge.corpus import load_corpus
from knowledge.documents import is_ours, parse_document
from knowledge.errors import BadKnowledge

FRONT = """---
document: returns
title: {zh: 退货规则, en: Return rules}
rank: platform            # a comment
audience: [buyer, merchant]
version: "2025.1"
in_force: {from: 2025-01-09}
source: {name: "平台规则", seeds: [S0, S3], verified: true}
---
"""
CLAUSE = """
## 3.2 · 退货运费由谁承担 · Who pays return freight

```yaml
source: {seed: S3, section: "6.3.1", verified: false, note: platform default}
categories: [apparel]
in_force: {from: 2025-02-01, to: 2026-01-01}
audience: [buyer]
```

七天无理由退货的运费由买家承担。
另有承诺的除外。

> The buyer pays return freight
> for a no-reason return.

Questions:
- 退货邮费谁出啊
- who pays for return shipping
"""
PLAIN = "\n## 4 · 标题 · Title\n\n只说一件事。\n\n> One thing.\n"


def test_a_clause_is_read_with_all_its_fields() -> None:
    """Text, questions, dates, readers and provenance of a clause come from its own lines."""
    (found,) = parse_document(FRONT + CLAUSE, "returns.md").clauses
    assert found.id == "returns#3.2"
    assert found.title.en == "Who pays return freight"
    assert found.text.zh == "七天无理由退货的运费由买家承担。\n另有承诺的除外。"
    assert found.text.en == "The buyer pays return freight for a no-reason return."
    assert found.questions == ("退货邮费谁出啊", "who pays for return shipping")
    assert (found.in_force_from, found.in_force_to) == (date(2025, 2, 1), date(2026, 1, 1))
    assert (found.audience, found.categories) == (("buyer",), ("apparel",))
    assert (found.source.name, found.source.seeds, found.source.section) == ("平台规则", ("S3",), "6.3.1")
    assert (found.source.verified, found.source.note) == (False, "platform default")


def test_what_a_clause_leaves_out_is_the_documents() -> None:
    """A clause without fields of its own has those of its document."""
    (found,) = parse_document(FRONT + PLAIN, "returns.md").clauses
    assert (found.version, found.in_force_from, found.in_force_to) == ("2025.1", date(2025, 1, 9), None)
    assert (found.audience, found.categories) == (("buyer", "merchant"), ())
    assert found.source.seeds == ("S0", "S3")


@pytest.mark.parametrize(
    ("markdown", "line", "says"),
    [
        ("## 1 · 一 · One\n", 1, "must begin with `---`"),
        ("---\ndocument: a\n", 1, "no closing"),
        (FRONT.replace("title:", "titel:"), 3, "titel"),
        (FRONT.replace("rank: platform", "rank: royal"), 4, "rank"),
        (FRONT.replace("[buyer, merchant]", "[buyer, merchant"), 6, "not YAML"),
        (FRONT + "\n只有引言。\n", 10, "no clause"),
        (FRONT + "\n## 4 · 标题\n", 11, "heading"),
        (FRONT + "\n## 4 · 标题 · Title\n\n> One thing.\n", 11, "no Chinese text"),
        (FRONT + "\n## 4 · 标题 · Title\n\n一件事。\n", 11, "no English text"),
        (FRONT + PLAIN + PLAIN, 17, "twice"),
        (FRONT + CLAUSE.replace("categories:", "category:"), 15, "category"),
        (FRONT + CLAUSE.replace("```\n\n七天", "\n七天"), 13, "no closing"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(markdown: str, line: int, says: str) -> None:
    """Whoever edits a policy is told what is wrong, and where."""
    with pytest.raises(BadKnowledge, match=says) as caught:
        parse_document(markdown, "returns.md")
    assert (caught.value.path, caught.value.line) == ("returns.md", line)


def test_our_format_is_told_from_plain_markdown() -> None:
    """Markdown of other people, front matter or not, is not taken for a document of ours."""
    assert is_ours(FRONT + CLAUSE)
    assert not is_ours("# 退货\n\n七天内可退。")
    assert not is_ours("---\ntitle: blog\n---\n\ndocument: not in the front matter")


def test_the_shipped_corpus_can_be_read() -> None:
    """At least sixty clauses come with Fairdesk, each in two languages, with a source, and asked for by questions."""
    clauses = list(load_corpus())
    assert len(clauses) >= 60
    for clause in clauses:
        assert clause.text.zh, clause.id
        assert clause.text.en, clause.id
        assert clause.source.name, clause.id
        assert len(clause.questions) >= 2, clause.id
