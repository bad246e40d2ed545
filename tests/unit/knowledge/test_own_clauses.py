"""A platform's own clauses and its shops': found by search and by id, and no shop's by another shop's buyers."""

from pathlib import Path

import pytest

from knowledge.errors import BadKnowledge, NotFound
from knowledge.own import OwnClauses, read_shops
from knowledge.search import SearchQuery
from knowledge.service import Knowledge
from tests.unit.knowledge.knowledge_world import TODAY, BagEncoder, clause

ENGRAVED = "本店刻字的钢笔三十天内可以退货。"
OWN = OwnClauses(
    (clause("returns#1.1", "平台把无理由退货延长到十天。"), clause("ours#1", "集章卡可以换礼品袋。")),
    {shop: (clause(f"shop-{shop}#1", ENGRAVED, rank="shop"),) for shop in ("corner", "nova")},
)
DOCUMENT = """\
---
document: {document}
title: {{zh: 承诺, en: Promises}}
rank: {rank}
---

## 1 · 刻字 · Engraving

刻字的也能退。

> Engraved goods can go back too.
"""


@pytest.fixture(scope="module")
def laid() -> Knowledge:
    """The shipped policies with a platform's clauses over them, searched by words alone."""
    knowledge = Knowledge(words_only=True)
    knowledge.lay_over(OWN)
    return knowledge


def found(knowledge: Knowledge, text: str, shop: str = "") -> list[str]:
    """The ids of the clauses found."""
    return [hit.clause.id for hit in knowledge.search(SearchQuery(text, TODAY, shop=shop))]


def test_a_platforms_clause_is_found_beside_ours(laid: Knowledge) -> None:
    """By words, and by its id."""
    assert found(laid, "集章卡换礼品袋")[0] == "ours#1"
    assert laid.clause("ours#1", TODAY).text.zh == "集章卡可以换礼品袋。"


def test_a_platforms_clause_replaces_ours_of_the_same_id(laid: Knowledge) -> None:
    """Ours is not quoted any more."""
    assert "十天" in laid.clause("returns#1.1", TODAY).text.zh
    assert "十天" not in Knowledge(words_only=True).clause("returns#1.1", TODAY).text.zh


def test_a_shops_clauses_are_found_by_its_own_buyers_alone(laid: Knowledge) -> None:
    """What one shop promises is not answered to whoever asks about another's goods, or about none."""
    assert found(laid, "刻字的钢笔能退吗", "corner")[0] == "shop-corner#1"
    assert "shop-nova#1" not in found(laid, "刻字的钢笔能退吗", "corner")
    for shop in ("", "hearth"):
        assert not [one for one in found(laid, "刻字的钢笔能退吗", shop) if one.startswith("shop-")]


def test_a_shops_clause_opens_by_its_id(laid: Knowledge) -> None:
    """A decision that cites it can show it."""
    assert laid.clause("shop-nova#1", TODAY).rank == "shop"
    with pytest.raises(NotFound):
        laid.clause("shop-hearth#1", TODAY)


def test_what_is_laid_over_gives_way_to_what_comes_after(laid: Knowledge) -> None:
    """Changed files count from the next question."""
    knowledge = Knowledge(words_only=True)
    knowledge.lay_over(OWN)
    assert found(knowledge, "集章卡换礼品袋")[0] == "ours#1"
    knowledge.lay_over(OwnClauses())
    assert "ours#1" not in found(knowledge, "集章卡换礼品袋")


def test_vectors_are_kept_from_start_to_start(tmp_path: Path) -> None:
    """A platform's texts are encoded once."""
    class Counting(BagEncoder):
        texts = 0

        def passages(self, texts):  # type: ignore[no-untyped-def]
            Counting.texts += len(texts)
            return super().passages(texts)

    for _ in range(2):
        knowledge = Knowledge(tmp_path, Counting())
        knowledge.lay_over(OwnClauses((), {"corner": OWN.shops["corner"]}))
        knowledge._of_shop("corner")  # the shop's shelf alone: the shipped texts would take a while
    assert Counting.texts == len({ENGRAVED, "English of shop-corner#1"})


@pytest.mark.parametrize(
    ("document", "rank", "message"),
    [("returns", "shop", "named shop-corner"), ("shop-corner-stone", "shop", "named shop-corner"),
     ("shop-corner", "statute", "rank `shop`")],
)
def test_a_shop_writes_in_its_own_documents(tmp_path: Path, document: str, rank: str, message: str) -> None:
    """No document of a shop passes for the law's, the platform's or another shop's."""
    (tmp_path / "own.md").write_text(DOCUMENT.format(document=document, rank=rank), encoding="utf-8")
    with pytest.raises(BadKnowledge, match=message):
        read_shops(tmp_path, "corner")
