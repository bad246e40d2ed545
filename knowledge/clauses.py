"""A clause: the smallest piece of policy that can be cited, with its source and its dates."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge.text import Text

ClauseRank = Literal["statute", "standard", "platform", "industry", "shop", "guide"]
Audience = Literal["buyer", "merchant", "agent"]

ALWAYS = date.min
"""The first day in force of a clause that names none."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clause comes from.

    `seeds` are our own names of source documents, `section` the place there. `verified` says that we have read the
    source; a note says what is our own, such as a platform's default.
    """

    name: str
    seeds: tuple[str, ...] = ()
    section: str = ""
    verified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a policy says.

    `id` is `document#anchor`, as in `consumer-law#25`, and is what people cite; an older version's id ends in a
    label of its own, as in `price-protection#1.2@2023`. It is in force from `in_force_from` up to, but not on,
    `in_force_to`. Empty `categories` means all. `questions` are ways in which people ask for it, in either language.
    """

    id: str
    title: Text
    text: Text
    source: Source
    rank: ClauseRank = "platform"
    jurisdiction: str = "CN"
    audience: tuple[str, ...] = ("buyer", "merchant")
    categories: tuple[str, ...] = ()
    in_force_from: date = ALWAYS
    in_force_to: date | None = None
    version: str = ""
    questions: tuple[str, ...] = field(default=())

    @property
    def document(self) -> str:
        """The document's id: what stands before the `#`."""
        return self.id.partition("#")[0]

    @property
    def base_id(self) -> str:
        """The id without a version's label: what all versions of a clause have in common."""
        return self.id.partition("@")[0]

    @property
    def anchor(self) -> str:
        """The place in the document, such as an article's number: what stands after the `#`."""
        return self.base_id.partition("#")[2]

    @property
    def key(self) -> str:
        """The id and the first day in force: tells one version of a clause from another."""
        return f"{self.id}@{self.in_force_from.isoformat()}"

    def in_force(self, on: date) -> bool:
        """True when the clause holds on the day `on`."""
        return self.in_force_from <= on and (self.in_force_to is None or on < self.in_force_to)

    def concerns(self, audience: str, categories: tuple[str, ...] = ()) -> bool:
        """True when it is written for `audience` and for one of `categories`.

        No categories given means any; agents see the clauses of every audience.
        """
        if audience != "agent" and audience not in self.audience:
            return False
        return not categories or not self.categories or bool(set(categories) & set(self.categories))


def version_in_force(versions: tuple[Clause, ...], on: date) -> Clause | None:
    """Of a clause's versions, the one in force on the day `on`; the newest, should their dates overlap."""
    return max((c for c in versions if c.in_force(on)), key=lambda c: c.in_force_from, default=None)
