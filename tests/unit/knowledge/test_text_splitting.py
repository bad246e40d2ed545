"""Plain text, Markdown and HTML in passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.splitting import split_html, split_markdown

ARTICLES = """第一章 总则
第一条 为了规范退货，制定本办法。
第二条 买家可以在7日内退货。
（一）商品完好；
（二）附件齐全。

第三条 运费由买家承担。
"""


def test_articles_keep_their_numbers_and_their_items() -> None:
    """A regulation is split at its articles; the items of an article stay with it."""
    pieces = split_markdown(ARTICLES)
    assert [piece.anchor for piece in pieces] == ["1", "2", "3"]
    assert {piece.title for piece in pieces} == {"总则"}
    assert pieces[1].text == "买家可以在7日内退货。\n（一）商品完好；\n（二）附件齐全。"


def test_numbered_sections_are_told_from_amounts() -> None:
    """`6.3.1` begins a passage, `12.5 元` in the middle of a text does not."""
    pieces = split_markdown("6.3.1 可以退货\n运费最多 12.5 元\n6.3.2 可以换货")
    assert [(p.anchor, p.text) for p in pieces] == [("6.3.1", "可以退货\n运费最多 12.5 元"), ("6.3.2", "可以换货")]


def test_paragraphs_are_passages_where_nothing_is_numbered() -> None:
    """Plain text is split at empty lines, without the marks of Markdown."""
    pieces = split_markdown("# 退货\n\n第一段，**三天**内。\n还是第一段。\n\n见[说明](http://example.com)。")
    assert [(p.anchor, p.title, p.text) for p in pieces] == [
        ("1", "退货", "第一段，三天内。\n还是第一段。"), ("2", "退货", "见说明。")
    ]  # fmt: skip


def test_numbering_that_starts_again_stays_unique() -> None:
    """Two chapters that both begin at article 1 give two passages of different names."""
    assert [p.anchor for p in split_markdown("第一条 甲\n第一条 乙\n第一条 丙")] == ["1", "1-2", "1-3"]


def test_a_page_is_read_without_its_machinery() -> None:
    """Scripts, styles and navigation are not policy; headings and list items are."""
    page = """<html><head><title>x</title><style>p{}</style></head><body><nav>首页</nav><h2>退货</h2>
        <p>七天内<b>可退</b>&amp;可换。</p><ul><li>吊牌在</li><li>未使用</li></ul><script>alert(1)</script></body></html>"""
    assert [(p.title, p.text) for p in split_html(page)] == [
        ("退货", "七天内可退&可换。"), ("退货", "吊牌在"), ("退货", "未使用")
    ]  # fmt: skip


@pytest.mark.parametrize("split", [split_markdown, split_html])
@given(text=st.text(alphabet="第一条二（）.1 2\n#甲乙<>p/", max_size=200))
def test_any_text_is_split_into_named_passages(split: object, text: str) -> None:
    """Nothing makes the splitter fail, no passage is empty, and no two have one name."""
    pieces = split(text)  # type: ignore[operator]
    assert all(piece.text.strip() for piece in pieces)
    assert len({piece.anchor for piece in pieces}) == len(pieces)
