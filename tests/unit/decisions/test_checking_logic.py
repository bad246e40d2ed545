"""The logical form of conditions: it must never call impossible what the engine can make true."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.book import RuleBook
from assistant.decisions.checking.clashes import excluded
from assistant.decisions.checking.logic import ABSENT, Atom, Junction, atoms, logic_of
from assistant.decisions.checking.showings import Showing, showings
from assistant.decisions.conditions import compile_condition, is_known, make_context, names_in, value_of
from assistant.decisions.examples import run_examples
from assistant.decisions.facts import default_catalog

CATALOG = default_catalog()
NAMES = ("item.quantity", "item.category", "item.custom_made", "claim.reason", "claim.quantity", "order.delivered")
ATOMS = (
    "item.custom_made", "order.delivered", "item.quantity > 2", "item.quantity <= 5", "item.quantity == 3",
    "claim.quantity != 1", "item.category == 'home'", "item.category in ['home', 'fresh']", "claim.reason != 'size'",
    "claim.reason in ['size', 'allergy']", "has(claim.reason)", "has(claim.quantity)", "claim.quantity < item.quantity",
)


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions joined and negated in every way."""
    return st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda some: " && ".join(f"({one})" for one in some)),
        st.lists(parts, min_size=2, max_size=3).map(" || ".join),
        parts.map(lambda one: f"!({one})"),
    )


EXPRESSIONS = st.recursive(st.sampled_from(ATOMS), joined, max_leaves=6)
FACTS = st.fixed_dictionaries({}, optional={
    "item.quantity": st.integers(0, 6), "claim.quantity": st.integers(0, 6), "item.custom_made": st.booleans(),
    "order.delivered": st.booleans(), "item.category": st.sampled_from(["home", "fresh", "beauty"]),
    "claim.reason": st.sampled_from(["size", "allergy", "other"]),
})


def nested(flat: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Facts by namespace, as the engine takes them."""
    facts: dict[str, dict[str, Any]] = {"item": {}, "claim": {}, "order": {}}
    for name, value in flat.items():
        space, _, key = name.partition(".")
        facts[space][key] = value
    return facts


def values_of(expression: str, facts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What each term of an expression comes to, by the engine's own lights."""
    context = make_context(facts, calendar=CATALOG.jurisdiction.calendar)
    values: dict[str, Any] = {}
    for atom in atoms(logic_of(expression)):
        if atom.op == "has" or not all(is_known(facts, name) for name in names_in(atom.term)):
            values[atom.term] = value_of(facts, atom.term) if is_known(facts, atom.term) else ABSENT
        else:
            values[atom.term] = compile_condition(atom.term, CATALOG.names).value(context)
    return values


@given(EXPRESSIONS, FACTS)
def test_a_tree_comes_to_what_the_engine_says(expression: str, flat: dict[str, Any]) -> None:
    """Over the same facts, the tree and the compiled expression have the same truth: true, false or open."""
    facts = nested(flat)
    context = make_context(facts, calendar=CATALOG.jurisdiction.calendar)
    truth = compile_condition(expression, NAMES).evaluate(context)
    assert logic_of(expression).truth(values_of(expression, facts)) == truth


@given(st.lists(EXPRESSIONS, min_size=1, max_size=4), FACTS)
def test_what_some_facts_make_true_is_never_excluded(expressions: list[str], flat: dict[str, Any]) -> None:
    """No clash is claimed between conditions that hold together for any facts at all."""
    context = make_context(nested(flat), calendar=CATALOG.jurisdiction.calendar)
    holding = [one for one in expressions if compile_condition(one, NAMES).evaluate(context) == "true"]
    assert not excluded([logic_of(one) for one in holding], CATALOG)


def shown(book: RuleBook) -> list[Showing]:
    """The shipped examples."""
    return showings(book, run_examples(book))


def test_the_shipped_conditions_come_to_the_same_in_every_example(book: RuleBook) -> None:
    """For every condition of the book and all examples' facts, the tree agrees with the engine."""
    conditions = {part.condition.source: part.condition for rule in book.rules for part in (*rule.when, *rule.unless)}
    for showing in shown(book)[::8]:
        for source, condition in conditions.items():
            facts = showing.claim.facts
            assert logic_of(source).truth(values_of(source, facts)) == showing.truth(condition), source


def test_parts_are_taken_apart_outside_quotes_and_brackets() -> None:
    """An `&&` inside a text joins nothing, and a negation reaches as far as its brackets."""
    assert logic_of("claim.reason == 'a && b'") == Atom("claim.reason", "==", ("a && b",))
    assert logic_of("!(order.delivered || item.opened) && item.quantity > 1") == Junction("and", (
        Junction("not", (Junction("or", (Atom("order.delivered"), Atom("item.opened"))),)),
        Atom("item.quantity", ">", (1,)),
    ))
    assert logic_of("a.b ? c.d : e.f") == Atom("a.b ? c.d : e.f")
