"""What a turn tells: facts that were typed, tapped or photographed, and what an errand needs, read from the words.

Only what is a buyer's to tell counts, and what only a picture shows is there when a picture was sent.
"""

from collections.abc import Mapping, Sequence

from assistant.conversation import DialogueState
from assistant.decisions.facts import FactCatalog
from assistant.planning import shelf
from assistant.planning.deciding import may_tell
from assistant.planning.errands import errand_of
from assistant.planning.mind import Mind
from assistant.planning.step import Situation
from assistant.understanding.arguments import answer_in_words, arguments_of
from assistant.understanding.reading import FactValue, Reading


def told(reading: Reading, situation: Situation, mind: Mind, claims: Sequence[str]) -> dict[str, FactValue]:
    """The facts that this turn tells, for errands of these kinds among others.

    A picture is there when it was sent: "yes" to "please send a photo" is none.
    """
    catalog = mind.book.every_fact
    facts: dict[str, FactValue] = {**_said(reading, catalog), **_arguments(reading, situation, claims)}
    choice, asked = situation.choice, situation.state.asked
    if choice and choice.fact and choice.value is not None:
        facts[choice.fact] = choice.value
    shown = {name for name in (*facts, asked.name if asked else "") if _is_shown(name, catalog)}
    facts = {name: value for name, value in facts.items() if name not in shown or value is False}
    if situation.photos:
        facts |= dict.fromkeys({"claim.has_photo", *shown}, True)
    elif asked and asked.name in shown and gives_up(reading, situation.state):
        facts.setdefault(asked.name, False)     # who can't show it has none to show
    return {name: value for name, value in facts.items() if may_tell(catalog, name, value)}


def _said(reading: Reading, catalog: FactCatalog) -> dict[str, FactValue]:
    """The facts as they were read; of a text that answers a question in words, what it comes to."""
    said = dict(reading.facts)
    for name in said.keys() & {name for name in said if name in catalog.names and catalog.fact(name).type == "string"}:
        said[name] = answer_in_words(name, reading.text)
    return {name: value for name, value in said.items() if value != ""}


def _arguments(reading: Reading, situation: Situation, claims: Sequence[str]) -> Mapping[str, FactValue]:
    """What the errands want and the words hold; goods and means of payment as the platform knows them."""
    wanted = {name for claim in claims for name in errand_of(claim).takes}
    found = arguments_of(reading, wanted, situation.today)
    if "claim.basket" in wanted:
        found |= shelf.purchase_told(reading, situation)
    if "claim.exchange_for" in wanted:
        found |= shelf.exchange_told(reading, situation)
    return found


def shows_what_was_asked(situation: Situation, mind: Mind) -> bool:
    """True when a picture was asked for, and one came."""
    asked = situation.state.asked
    return bool(situation.photos) and asked is not None and _is_shown(asked.name, mind.book.every_fact)


def gives_up(reading: Reading, state: DialogueState) -> bool:
    """True when the buyer can't answer what was asked ("don't know"); asked too often, a person finds out."""
    return state.asked is not None and reading.intent == "act.unsure"


def _is_shown(name: str, catalog: FactCatalog) -> bool:
    """True for facts that a picture tells."""
    return name in catalog.names and catalog.fact(name).input == "photo"
