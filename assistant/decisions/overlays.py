"""Overlays: what a platform's own folder, and each shop's folder in it, lay over the shipped book.

    rules/ facts/ clauses/ parameters.yaml                the platform adds, and replaces by id
    shops/<id>/rules/ facts/ clauses/ parameters.yaml     a shop adds, for its own orders

A platform answers for what it replaces. A shop can only promise more: what could take something from the buyer, or
spend the platform's money, is refused with file and line, and `promises.py` sees to it that the rest is more each time.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import RootModel

from assistant.decisions.book import RuleBook, book_of, with_shops
from assistant.decisions.facts import Fact, FactCatalog, catalog_of, facts_in, load_catalog, namespace_of
from assistant.decisions.jurisdiction import Jurisdiction, default_jurisdiction
from assistant.decisions.library import Library, ReadFile, read_files
from assistant.decisions.parameters import (
    BadParameter,
    ParameterInfo,
    declared,
    values_of,
    with_better,
    with_values,
)
from assistant.decisions.rulefile import Parameter
from assistant.decisions.rules import Rule
from assistant.decisions.shop_limits import refuse_less
from assistant.decisions.sources import Source, read_source, yaml_files
from knowledge.clauses import Clause
from knowledge.errors import BadKnowledge
from knowledge.own import read_own, read_shops

SHOPS = "shops"
_SHOP = re.compile(r"[A-Za-z0-9][\w.-]{0,62}")
_NO_FILE = Source("", {}, None)
_Setting = Callable[[Mapping[str, ParameterInfo], Mapping[str, Parameter]], dict[str, ParameterInfo]]


class _Figures(RootModel[dict[str, Parameter]]):
    """A file of figures: `no_reason_days: 15`."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One folder as it was read: its rules, its facts, the figures that it sets, and its clauses."""

    rules: tuple[ReadFile, ...] = ()
    facts: tuple[tuple[Source, Mapping[str, Fact]], ...] = ()
    figures: Source = _NO_FILE
    clauses: tuple[Clause, ...] = ()

    @property
    def values(self) -> dict[str, Parameter]:
        """The figures' values. Raises BadKnowledge where they are of no form that a figure has."""
        return dict(self.figures.parse(_Figures).root)


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's book, and the files that it came of, from which the books of its shops are made."""

    book: RuleBook
    shipped: Library
    own: Library

    def rules(self, values: Mapping[str, Parameter]) -> list[Rule]:
        """The platform's rules with other figures; its own stand in the place of shipped ones with the same id."""
        own = self.own.rules(values)
        replaced = {rule.id for rule in own}
        return [*(rule for rule in self.shipped.rules(values) if rule.id not in replaced), *own]


def read_layer(folder: Path | None, shop: str = "") -> Layer:
    """What a folder of the platform, or of a `shop`, says; whatever is not there says nothing.

    Raises:
        BadKnowledge: a file can't be read, or its form is wrong; names file and line.
    """
    if folder is None:
        return Layer()
    rules = tuple(read_files(_files(folder / "rules")))
    facts = tuple((source, facts_in(source)) for source in map(read_source, _files(folder / "facts")))
    figures = folder / "parameters.yaml"
    clauses = read_shops(folder / "clauses", shop) if shop else read_own(folder / "clauses")
    layer = Layer(rules, facts, read_source(figures) if figures.exists() else _NO_FILE, clauses)
    _ = layer.values
    return layer


def platform_of(layer: Layer, jurisdiction: Jurisdiction | None = None) -> Platform:
    """A jurisdiction's book with a platform's own folder laid over it.

    Raises:
        BadKnowledge: a file is wrong; names file and line.
    """
    place = jurisdiction or default_jurisdiction()
    own_facts = [fact for _, facts in layer.facts for fact in facts.values()]
    catalog = catalog_of([*load_catalog(jurisdiction=place).facts.values(), *own_facts], place)
    shipped, own = Library(read_files(yaml_files(place.rules)), catalog), Library(layer.rules, catalog)
    infos = declared(own.files, declared(shipped.files))
    infos = _set(infos, layer, with_values)
    unfinished = Platform(book_of((), catalog, infos), shipped, own)
    return replace(unfinished, book=book_of(unfinished.rules(values_of(infos)), catalog, infos))


def shop_book(platform: Platform, shop: str, layer: Layer) -> RuleBook:
    """The book for the orders of one shop.

    Raises:
        BadKnowledge: the shop's folder is wrong, or would take something away; names file and line.
    """
    if not _SHOP.fullmatch(shop):
        raise BadKnowledge(f"`{shop[:80]}` is no shop's id: letters, digits, - . and _, at most 63", shop[:80], 1)
    book = platform.book
    catalog = _with_own_facts(book.catalog, namespace_of(shop), layer)
    own = Library(layer.rules, catalog, shop=shop)
    for source, file in own.files:
        refuse_less(source, file, book)
    infos = declared(own.files, _set(book.parameters, layer, with_better))
    values = values_of(infos)
    return book_of([*platform.rules(values), *own.rules(values)], catalog, infos)


def shop_folders(folder: Path | None) -> dict[str, Path]:
    """The folders of shops in a platform's folder, by the shops' ids."""
    shops = folder / SHOPS if folder else None
    return {path.name: path for path in sorted(shops.iterdir()) if path.is_dir()} if shops and shops.is_dir() else {}


def overlaid_book(folder: Path | None, jurisdiction: Jurisdiction | None = None) -> RuleBook:
    """The whole book of a platform with all its shops, for the command line: the first fault anywhere is raised.

    Raises:
        BadKnowledge: a file is wrong, or a shop's would take something away; names file and line.
    """
    platform = platform_of(read_layer(folder), jurisdiction)
    books = {shop: shop_book(platform, shop, read_layer(path, shop)) for shop, path in shop_folders(folder).items()}
    return with_shops(platform.book, books)


def _files(folder: Path) -> Iterable[Path]:
    return yaml_files([folder]) if folder.is_dir() else ()


def _with_own_facts(catalog: FactCatalog, namespace: str, layer: Layer) -> FactCatalog:
    """The catalogue with a shop's own facts after the platform's."""
    own: dict[str, Fact] = {}
    for source, facts in layer.facts:
        for name, fact in facts.items():
            if not name.startswith(f"{namespace}."):
                message = f"`{name}`: a shop's own facts are named {namespace}.…; the platform's can't be replaced"
                raise source.error(message, "facts", name)
            own[name] = fact
    return catalog_of([*catalog.facts.values(), *own.values()], catalog.jurisdiction) if own else catalog


def _set(infos: Mapping[str, ParameterInfo], layer: Layer, how: _Setting) -> dict[str, ParameterInfo]:
    """The figures as a folder's `parameters.yaml` sets them; what is wrong is named with its line."""
    try:
        return how(infos, layer.values)
    except BadParameter as wrong:
        raise layer.figures.error(str(wrong), wrong.name) from wrong
