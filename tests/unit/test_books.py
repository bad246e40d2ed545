"""The books in force: what changes on disk is loaded, what is wrong there never replaces what is good."""

from pathlib import Path

import pytest

from assistant.books import Books
from knowledge.errors import BadKnowledge

RULE = """\
rules:
  - id: {id}
    title: {{zh: 甲, en: A}}
    because: {{zh: 因为, en: because}}
    rank: {rank}
    cites: [promises#1.1]
    claim: [return]
    when: [order.delivered]
    grant: {{remedy: return_and_refund, amount: item.refundable}}
"""
CLAUSE = """\
---
document: {document}
title: {{zh: 承诺, en: Promises}}
rank: shop
---

## 1 · 刻字商品也能退 · Engraved goods can go back

本店刻字商品七天内可以退货。

> Engraved goods of this shop can go back within seven days.
"""


def write(folder: Path, name: str, text: str) -> None:
    """A file in the platform's folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def own(shop: str) -> str:
    """A good rule of a shop."""
    return RULE.format(id=f"own.{shop}", rank="shop")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A platform with two shops."""
    write(tmp_path, "rules/own.yaml", RULE.format(id="platform.own", rank="platform"))
    for shop in ("corner", "nova"):
        write(tmp_path, f"shops/{shop}/rules/own.yaml", own(shop))
    return tmp_path


def rules_of(books: Books, shop: str) -> set[str]:
    """The ids of the rules for a shop's orders, without the shipped ones."""
    return {rule.id for rule in books.rules.for_shop(shop).rules if rule.id.startswith(("own.", "platform.own"))}


def test_each_shop_has_the_platforms_rules_and_its_own(folder: Path) -> None:
    """No shop's rules are in another shop's book, nor in that of a shop without a folder."""
    books = Books(folder)
    assert rules_of(books, "corner") == {"platform.own", "own.corner"}
    assert rules_of(books, "nova") == {"platform.own", "own.nova"}
    assert rules_of(books, "hearth") == {"platform.own"}
    assert books.problem is None


def test_a_faulty_shop_keeps_its_last_good_rules_and_takes_nobody_down(folder: Path) -> None:
    """The fault is named with file and line; the others' changes count meanwhile; mended, it is forgotten."""
    books = Books(folder)
    write(folder, "shops/corner/rules/own.yaml", RULE.format(id="own.corner", rank="statute"))
    write(folder, "shops/nova/rules/own.yaml", own("nova-2"))
    books.refresh()
    assert "corner/rules/own.yaml:5: " in (books.problem or "")
    assert rules_of(books, "corner") == {"platform.own", "own.corner"}
    assert rules_of(books, "nova") == {"platform.own", "own.nova-2"}
    write(folder, "shops/corner/rules/own.yaml", own("corner-2"))
    books.refresh()
    assert books.problem is None
    assert rules_of(books, "corner") == {"platform.own", "own.corner-2"}


def test_a_shop_that_is_faulty_from_the_start_has_the_platforms_book(folder: Path) -> None:
    """The server starts; the shop's orders are decided by the platform's rules until the files are mended."""
    write(folder, "shops/corner/rules/own.yaml", "rules: [")
    books = Books(folder)
    assert "corner/rules/own.yaml:2: " in (books.problem or "")
    assert rules_of(books, "corner") == {"platform.own"}
    assert rules_of(books, "nova") == {"platform.own", "own.nova"}
    write(folder, "shops/nova/rules/own.yaml", own("nova-2"))
    books.refresh()
    assert "corner" in (books.problem or "")


def test_a_faulty_platform_keeps_the_last_good_book_of_all(folder: Path) -> None:
    """Shops change meanwhile all the same, over the last good book."""
    books = Books(folder)
    before = books.rules
    write(folder, "rules/own.yaml", "rules: [")
    books.refresh()
    assert books.rules is before
    write(folder, "shops/nova/rules/own.yaml", own("nova-2"))
    books.refresh()
    assert rules_of(books, "nova") == {"platform.own", "own.nova-2"}
    assert "rules/own.yaml:2: " in (books.problem or "")
    write(folder, "rules/own.yaml", RULE.format(id="platform.own-2", rank="platform"))
    books.refresh()
    assert (books.problem, rules_of(books, "nova")) == (None, {"platform.own-2", "own.nova-2"})


def test_a_shops_last_good_rules_stand_over_the_platforms_newest(folder: Path) -> None:
    """While a shop is at fault, the platform's changes count for its orders too."""
    books = Books(folder)
    write(folder, "shops/corner/rules/own.yaml", "rules: [")
    write(folder, "rules/own.yaml", RULE.format(id="platform.own-2", rank="platform"))
    books.refresh()
    assert rules_of(books, "corner") == {"platform.own-2", "own.corner"}


def test_shops_come_and_go(folder: Path) -> None:
    """A new folder counts at the next look; a folder that is gone is forgotten, and so are its faults."""
    books = Books(folder)
    write(folder, "shops/late/rules/own.yaml", "rules: [")
    books.refresh()
    assert books.problem
    (folder / "shops/late/rules/own.yaml").unlink()
    (folder / "shops/corner/rules/own.yaml").unlink()
    books.refresh()
    assert (books.problem, rules_of(books, "corner")) == (None, {"platform.own"})


def test_a_faulty_platform_at_the_start_is_an_error(folder: Path) -> None:
    """Without any good book there is nothing to decide by."""
    write(folder, "parameters.yaml", "no_reason_days: 3\n")
    with pytest.raises(BadKnowledge, match=r"parameters\.yaml:1: "):
        Books(folder)


def test_own_clauses_are_read_with_the_rules(folder: Path) -> None:
    """The platform's and each shop's; a shop can't write in a document that isn't its own."""
    write(folder, "clauses/ours.md", CLAUSE.format(document="ours").replace("rank: shop", "rank: platform"))
    write(folder, "shops/corner/clauses/own.md", CLAUSE.format(document="shop-corner"))
    books = Books(folder)
    assert [clause.id for clause in books.clauses.platform] == ["ours#1"]
    assert {shop: [one.id for one in own] for shop, own in books.clauses.shops.items()} == {"corner": ["shop-corner#1"]}
    write(folder, "shops/corner/clauses/own.md", CLAUSE.format(document="returns"))
    books.refresh()
    assert "own.md:1: a shop's document is named shop-corner" in (books.problem or "")
    assert [one.id for one in books.clauses.shops["corner"]] == ["shop-corner#1"]
