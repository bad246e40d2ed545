"""The catalogue: what planners are offered, with which schema, and when."""

import json
from dataclasses import replace
from typing import get_type_hints

import pytest

from assistant.decisions.facts import default_catalog
from assistant.planning.errands import ERRANDS, errand_of
from assistant.planning.step import Situation
from assistant.tools.door import CATALOGUE, offered, schema_of
from assistant.tools.tool import At
from tests.unit.planning.situations import situation_of

WANTED = {
    "find_orders", "track_parcel", "find_products", "product_details", "compare_products", "promotions_and_gifts",
    "fault_code", "service_info", "invoice_status", "case_progress", "payment_methods", "cancel_order",
    "change_address", "urge", "place_order", "open_refund", "open_return", "open_exchange", "open_repair",
    "book_visit", "claim_price_protection", "request_invoice", "register_review_cashback", "file_complaint",
    "claim_promise", "withdraw_case", "appeal_case",
}
FORBIDDEN = {"amount", "amount_fen", "price", "buyer", "buyer_id", "tenant", "scope", "rule", "photo", "has_photo"}


def names_offered(situation: Situation) -> set[str]:
    """The names of the tools on offer."""
    return {tool.name for tool in offered(situation)}


def test_the_catalogue_has_all_tools() -> None:
    """Everything that can be looked up or wished for is there, under the name that programs go by."""
    assert set(CATALOGUE) == WANTED


@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_schema_follows_from_the_signature(name: str) -> None:
    """Each tool has a title in both languages and a closed schema of the function's own parameters, as plain JSON."""
    tool = CATALOGUE[name]
    schema = schema_of(tool)
    assert tool.title.zh
    assert tool.title.en
    assert schema["description"]
    parameters = schema["parameters"]
    assert parameters["additionalProperties"] is False
    taken = [one for one in get_type_hints(tool.function) if one not in ("at", "return")]
    assert list(parameters.get("properties", {})) == taken
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("name", sorted(WANTED))
def test_no_tool_takes_amounts_identities_or_evidence(name: str) -> None:
    """What a decision, a token or a photo says can't be said by an argument: there is no parameter for it."""
    assert not set(schema_of(CATALOGUE[name])["parameters"].get("properties", {})) & FORBIDDEN


def test_reads_know_who_asks_and_writes_only_the_situation() -> None:
    """Identity comes with the first parameter: of a read with the scope, of a write with the situation."""
    for tool in CATALOGUE.values():
        first = next(iter(get_type_hints(tool.function).values()))
        assert first is (At if tool.effect == "reads" else Situation), tool.name


def test_choices_are_listed() -> None:
    """An argument that is a fact with a choice of values names them, so that a model need not guess."""
    reasons = schema_of(CATALOGUE["open_return"])["parameters"]["properties"]["reason"]["enum"]
    assert {"changed_mind", "quality", "damaged"} <= set(reasons)


def test_tools_are_hidden_until_their_conditions_hold() -> None:
    """Who has no orders is offered no returns, and nobody can withdraw a case that they don't have."""
    nobody = replace(situation_of(), orders=(), cases=())
    assert names_offered(nobody) == {
        "find_products", "product_details", "compare_products", "promotions_and_gifts", "fault_code", "service_info",
        "payment_methods", "place_order",
    }
    assert not {"withdraw_case", "appeal_case", "case_progress"} & names_offered(situation_of())


def test_what_was_sent_is_not_offered_to_be_cancelled() -> None:
    """With nothing left unsent there is no tool to cancel or to send elsewhere."""
    sent = situation_of()
    sent = replace(sent, orders=tuple(one for one in sent.orders if one.state not in ("paid", "unpaid")))
    assert not {"cancel_order", "change_address"} & names_offered(sent)
    assert {"cancel_order", "change_address"} <= names_offered(situation_of())


def test_errands_take_facts_that_buyers_can_tell() -> None:
    """Every argument of an errand is a fact of the catalogue, known by the buyer alone, never evidence."""
    for claim in ERRANDS:
        for name in errand_of(claim).takes:
            fact = default_catalog().fact(name)
            assert (fact.known_by, fact.input == "photo") == ("buyer", False), name
