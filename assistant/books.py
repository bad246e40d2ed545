"""The rule books in force. Files may change while the server runs; a faulty file never replaces a good book."""

import logging
from pathlib import Path

from assistant.decisions.book import RuleBook, load_book
from assistant.escalation.rules import EscalationBook, load_escalation
from knowledge.errors import BadKnowledge

SHIPPED = Path(__file__).parents[1] / "knowledge" / "rules"
log = logging.getLogger(__name__)


class Books:
    """Eligibility and escalation rules: the shipped ones, with a platform's own folder laid over them.

    `problem` says what is wrong with the files now on disk, or is None; the books are then the last good ones.

    Raises:
        BadKnowledge: at the start, when there is no good book to keep; names file and line.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._stamp = self._stamp_now()
        self.rules, self.escalation = self._load()
        self.problem: str | None = None

    def refresh(self) -> None:
        """Load the books again if a file changed since the last look."""
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self.rules, self.escalation = self._load()
            self.problem = None
            log.info("rule books loaded again")
        except BadKnowledge as error:
            self.problem = str(error)
            log.error("rule books not loaded, the last good ones stay: %s", error)

    def _load(self) -> tuple[RuleBook, EscalationBook]:
        own = self._folder
        eligibility = own / "eligibility" if own else None
        escalation = own / "escalation.yaml" if own else None
        paths = [SHIPPED / "cn", *([eligibility] if eligibility and eligibility.exists() else [])]
        overlays = [escalation] if escalation and escalation.exists() else []
        return load_book(*paths), load_escalation(*overlays)

    def _stamp_now(self) -> frozenset[tuple[str, int, int]]:
        folders = [SHIPPED, *([self._folder] if self._folder else [])]
        files = [path for folder in folders for path in folder.rglob("*.yaml")]
        return frozenset((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
