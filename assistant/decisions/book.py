"""The rule book: all rules by claim, compiled once, with the figures that a platform may set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from assistant.decisions.facts import FactCatalog, NestedFacts, SaidBy, catalog_of, default_catalog, load_catalog
from assistant.decisions.index import Deciding, Found, RuleIndex
from assistant.decisions.jurisdiction import Jurisdiction
from assistant.decisions.library import Library, read_files
from assistant.decisions.parameters import ParameterInfo, declared, values_of, with_values
from assistant.decisions.rulefile import Parameter
from assistant.decisions.rules import Days, Rule
from assistant.decisions.sources import Report, yaml_files
from assistant.decisions.vocabulary import Vocabulary, default_vocabulary


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules in the order of their files, and the books of the shops that promise more, by the shop's id."""

    rules: tuple[Rule, ...]
    catalog: FactCatalog
    parameters: Mapping[str, ParameterInfo]
    words: Vocabulary = field(repr=False, compare=False, default_factory=default_vocabulary)
    shops: Mapping[str, "RuleBook"] = field(repr=False, compare=False, default_factory=dict)
    _every_fact: FactCatalog | None = field(repr=False, compare=False, default=None)
    _index: RuleIndex = field(repr=False, compare=False, default_factory=lambda: RuleIndex(()))

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The place whose law this is."""
        return self.catalog.jurisdiction

    def for_shop(self, shop: object) -> "RuleBook":
        """The book for the orders of a shop: this one, with what the shop promises where it promises more."""
        return self.shops.get(shop, self) if isinstance(shop, str) else self

    def find(self, claim: str, facts: NestedFacts, days: Days) -> Found:
        """The rules on a claim for such goods and shops, each in force on its day; the strongest rank first."""
        return self._index.find(claim, facts, days)

    def deciding(self, facts: NestedFacts, days: Days) -> Deciding:
        """The rules that could decide each of the wishes that buyers can have."""
        return self._index.deciding(lambda: self.claims, facts, days)

    @property
    def every_fact(self) -> FactCatalog:
        """The facts of this book and of all its shops' books, for reading and wording before a shop is known."""
        return self._every_fact or self.catalog

    def rule(self, rule_id: str) -> Rule | None:
        """The newest version of a rule."""
        versions = [rule for rule in self.rules if rule.id == rule_id]
        return max(versions, key=lambda rule: rule.in_force_from, default=None)

    @property
    def claims(self) -> tuple[str, ...]:
        """The kinds of claim that buyers can make here, in the catalogue's order."""
        return self._claims_of("buyer")

    @property
    def merchant_claims(self) -> tuple[str, ...]:
        """The kinds of claim that only a merchant can make, such as the release of an order priced by mistake."""
        return self._claims_of("merchant")

    def _claims_of(self, party: SaidBy) -> tuple[str, ...]:
        options, dealt_with = self.catalog.fact("claim.kind").options, self.jurisdiction.claims
        said = (str(option.value) for option in options if option.by == party)
        return tuple(kind for kind in said if not dealt_with or kind in dealt_with)


def load_book(
    *paths: Path | str, parameters: Mapping[str, Parameter] | None = None, catalog: FactCatalog | None = None,
    report: Report | None = None, jurisdiction: Jurisdiction | None = None,
) -> RuleBook:
    """Read a book from files, or from all YAML files of folders; without paths, the jurisdiction's own rules.

    `parameters` set figures that the files declare; later files may use figures of earlier ones. With `report`,
    faults of the files are reported, every one, and what holds them is left out of the book.

    Raises:
        BadKnowledge: a file is wrong; names file and line. Not with `report`.
        BadInput: a parameter is unknown, of another type, or beyond the bounds that the law puts on it.
    """
    if catalog is None:
        catalog = load_catalog(jurisdiction=jurisdiction) if jurisdiction else default_catalog()
    files = list(read_files(yaml_files(paths or catalog.jurisdiction.rules), report))
    infos = with_values(declared(files, report=report), parameters or {})
    return book_of(Library(files, catalog, report).rules(values_of(infos)), catalog, infos)


def book_of(rules: Iterable[Rule], catalog: FactCatalog, parameters: Mapping[str, ParameterInfo]) -> RuleBook:
    """A book of these rules."""
    kept = tuple(rules)
    return RuleBook(kept, catalog, parameters, _index=RuleIndex(kept))


def with_shops(book: RuleBook, shops: Mapping[str, RuleBook]) -> RuleBook:
    """A platform's book with those of its shops, by the shops' ids."""
    facts = {name: fact for one in (book, *shops.values()) for name, fact in one.catalog.facts.items()}
    return replace(book, shops=dict(shops), _every_fact=catalog_of(facts.values(), book.jurisdiction))


@lru_cache(maxsize=1)
def default_book() -> RuleBook:
    """The shipped eligibility rules with our own figures, read once."""
    return load_book()
