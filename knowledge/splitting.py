"""Plain text to passages: by Chinese numbering (第X条, 1.2.3, （一）), by headings, else by paragraphs."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import count

from knowledge.words import chinese_number

_HEADING = re.compile(r"(#{1,6})\s+(?P<title>.+?)\s*#*$")
_ARTICLE = re.compile(r"第\s*(?P<number>[零〇一二两三四五六七八九十百千]+|\d+)\s*条(之一)?[\s：:、　]*(?P<text>.*)")
_CHAPTER = re.compile(r"第\s*(?:[零〇一二两三四五六七八九十百]+|\d+)\s*[章节编]\s*(?P<title>.*)")
_SECTION = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3}){1,5})[.、\s　]+(?P<text>\S.*)")
_ITEM = re.compile(
    r"(?:[（(](?P<a>[一二三四五六七八九十]{1,3}|\d{1,2})[）)]|(?P<b>\d{1,2})[.、．)](?!\d))\s*(?P<text>\S.*)"
)
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a text: where it stands (`25`, `6.3.1`, `3`), the heading above it, and what it says."""

    anchor: str
    title: str
    text: str


def split_markdown(markdown: str) -> list[Piece]:
    """The passages of plain Markdown, or of plain text, whose paragraphs are parted by empty lines."""
    pieces: dict[str, Piece] = {}
    for title, anchor, text in _blocks(markdown):
        plain = _LINK.sub(r"\1", _EMPHASIS.sub(r"\2", text)).strip()
        if plain:
            name = _unused(anchor or str(len(pieces) + 1), pieces)
            pieces[name] = Piece(name, title, plain)
    return list(pieces.values())


def split_html(html: str) -> list[Piece]:
    """The passages of an HTML page; scripts, styles and navigation are left out."""
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    return split_markdown("".join(reader.text))


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Heading, anchor (or nothing) and text of each block, in order."""
    title, anchor, lines = "", "", list[str]()
    for raw in [*text.replace("\r\n", "\n").split("\n"), ""]:
        line = raw.strip()
        if heading := _HEADING.fullmatch(line) or _CHAPTER.fullmatch(line):
            yield title, anchor, "\n".join(lines)
            title, anchor, lines = heading["title"].strip(), "", []
        elif numbered := _numbered(line, anchor):
            yield title, anchor, "\n".join(lines)
            anchor, lines = numbered[0], [numbered[1]]
        elif not line:
            if not anchor:  # a numbered clause runs on over empty lines until the next number
                yield title, anchor, "\n".join(lines)
                lines = []
        else:
            lines.append(line.removeprefix("> ").removeprefix("- ").removeprefix("* "))
    yield title, anchor, "\n".join(lines)


def _numbered(line: str, current: str) -> tuple[str, str] | None:
    """Anchor and text of a line that begins a clause. Items `（一）` belong to the article that they stand under."""
    if article := _ARTICLE.fullmatch(line):
        number = article["number"]
        return (number if number.isdigit() else str(chinese_number(number))), article["text"]
    if section := _SECTION.fullmatch(line):
        return section["number"], section["text"]
    if not current and (item := _ITEM.fullmatch(line)):
        number = item["a"] or item["b"]
        return "", item["text"] if number else line
    return None


def _unused(anchor: str, taken: Container[str]) -> str:
    """`anchor`, or `anchor-2` and so on where a text numbers from the start again."""
    names = (anchor if times == 1 else f"{anchor}-{times}" for times in count(1))
    return next(name for name in names if name not in taken)


class _HtmlReader(HTMLParser):
    """Collects the text of a page as lines, headings marked as in Markdown."""

    _BREAKS = frozenset(
        ["p", "div", "br", "li", "tr", "table", "ul", "ol", "section", "article", "blockquote", "dt", "dd", "pre"]
    )
    _SILENT = frozenset(["script", "style", "nav", "head", "noscript", "template", "svg"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins on a line of its own."""
        del attrs
        if tag in self._SILENT:
            self._silent += 1
        elif re.fullmatch("h[1-6]", tag):
            self.text.append("\n\n" + "#" * int(tag[1]) + " ")
        elif tag in self._BREAKS:
            self.text.append("\n" if tag == "br" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        """A block ends its line."""
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self._BREAKS or re.fullmatch("h[1-6]", tag):
            self.text.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Text, with the page's own line breaks taken for spaces."""
        if not self._silent:
            self.text.append(re.sub(r"\s+", " ", data))
