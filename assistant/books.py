"""The rule books in force. Files may change while the server runs; a faulty file never replaces a good book.

The platform's own folder is laid over the shipped rules, and each shop's folder in it over those, for its own orders. A
shop whose files are at fault keeps its last good ones, and takes nobody else down.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

from assistant.decisions.book import RuleBook, with_shops
from assistant.decisions.jurisdiction import Jurisdiction, default_jurisdiction
from assistant.decisions.overlays import SHOPS, Layer, Platform, platform_of, read_layer, shop_book, shop_folders
from assistant.escalation.rules import EscalationBook, load_escalation
from assistant.integrity.book import RiskBook, load_risk
from knowledge.errors import BadKnowledge
from knowledge.own import OwnClauses

SHIPPED = Path(__file__).parents[1] / "knowledge" / "rules"
log = logging.getLogger(__name__)

Stamp = frozenset[tuple[str, int, int]]
"""Path, time of change and size of each file; another stamp means that something changed."""


class Books:
    """Eligibility, escalation and risk rules: those of a jurisdiction, with a platform's own folder laid over them.

    `problem` says what is wrong with the files now on disk, one fault a line, or is None; what is in force then is the
    last good state of what is at fault.

    Raises:
        BadKnowledge: at the start, when there is no good platform's book to keep; names file and line.
    """

    def __init__(self, folder: Path | None = None, jurisdiction: Jurisdiction | None = None) -> None:
        self._folder = folder
        self._jurisdiction = jurisdiction or default_jurisdiction()
        self._stamps = self._stamps_now()
        self._layers: dict[str, Layer] = {}
        self._platform, self.escalation, self.risk = self._load()
        self._faults: dict[str, str] = {}
        self.rules = with_shops(self._platform.book, self._shops({}))
        self.problem = self._told()

    @property
    def clauses(self) -> OwnClauses:
        """The platform's own clauses and its shops'."""
        shops = {shop: layer.clauses for shop, layer in self._layers.items() if shop and layer.clauses}
        return OwnClauses(self._layers[""].clauses, shops)

    def refresh(self) -> None:
        """Load again what changed since the last look."""
        before, self._stamps = self._stamps, self._stamps_now()
        if before == self._stamps:
            return
        now = self._stamps
        changed = {whose for whose in before.keys() | now.keys() if before.get(whose) != now.get(whose)}
        reloaded = "" in changed and self._reload_platform()
        if reloaded or changed - {""}:
            kept = {} if reloaded else {s: book for s, book in self.rules.shops.items() if s not in changed}
            self.rules = with_shops(self._platform.book, self._shops(kept))
        self.problem = self._told()  # last: whoever reads that all is well finds the new book in force

    def _told(self) -> str | None:
        return "\n".join(self._faults.values()) or None

    def _reload_platform(self) -> bool:
        """True when the files are in order, and in force."""
        self._faults.pop("", None)
        try:
            self._platform, self.escalation, self.risk = self._load()
        except BadKnowledge as error:
            self._note("", error)
            return False
        log.info("rule books loaded again")
        return True

    def _load(self) -> tuple[Platform, EscalationBook, RiskBook]:
        layer = read_layer(self._folder)
        platform = platform_of(layer, self._jurisdiction)
        escalation, risk = load_escalation(*self._own("escalation.yaml")), load_risk(*self._own("risk.yaml"))
        self._layers[""] = layer
        return platform, escalation, risk

    def _own(self, name: str) -> list[Path]:
        """The platform's own file of this name, if there is one."""
        path = self._folder / name if self._folder else None
        return [path] if path and path.exists() else []

    def _shops(self, unchanged: Mapping[str, RuleBook]) -> dict[str, RuleBook]:
        """The books of all shops that have a folder; those that changed are read again."""
        folders = shop_folders(self._folder)
        for gone in self._layers.keys() - folders.keys() - {""}:
            del self._layers[gone]
        self._faults = {whose: fault for whose, fault in self._faults.items() if whose == "" or whose in unchanged}
        read = {shop: self._shop(shop, path) for shop, path in folders.items() if shop not in unchanged}
        return {**unchanged, **{shop: book for shop, book in read.items() if book is not None}}

    def _shop(self, shop: str, folder: Path) -> RuleBook | None:
        """A shop's book; by its last good files when those on disk are at fault, or None when there are none."""
        try:
            layer = read_layer(folder, shop)
            book = shop_book(self._platform, shop, layer)
        except BadKnowledge as error:
            self._note(shop, error)
            return self._last_good(shop)
        self._layers[shop] = layer
        return book

    def _last_good(self, shop: str) -> RuleBook | None:
        """The shop's last good files over the platform's book of now, where they still fit it."""
        try:
            return shop_book(self._platform, shop, self._layers[shop]) if shop in self._layers else None
        except BadKnowledge as error:
            log.error("the last good rules of the shop %s fit no more: %s", shop, error)
            return None

    def _note(self, whose: str, error: BadKnowledge) -> None:
        self._faults[whose] = str(error)
        log.error("rules not loaded, the last good ones stay: %s", error)

    def _stamps_now(self) -> dict[str, Stamp]:
        """What each shop's files, and under "" all others, look like from outside."""
        shops = {shop: _stamp([path]) for shop, path in shop_folders(self._folder).items()}
        there = self._folder.iterdir() if self._folder and self._folder.is_dir() else ()
        return {"": _stamp([SHIPPED, *(path for path in there if path.name != SHOPS)]), **shops}


def _stamp(paths: list[Path]) -> Stamp:
    files = [file for path in paths for file in (path.rglob("*.*") if path.is_dir() else [path])]
    seen = ((file, file.stat()) for file in files if file.suffix in (".yaml", ".md"))
    return frozenset((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in seen)
