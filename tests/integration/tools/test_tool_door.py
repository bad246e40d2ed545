"""The door to the tools: any arguments may come, and nothing gets by that is not the buyer's or not granted."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.commerce.effects import InMemoryEffects
from assistant.commerce.static import StaticPlatform
from assistant.planning.step import AskFact, PassOn, Plan, Propose, Refuse, ShowCases
from assistant.scope import Scope
from assistant.tools.door import CATALOGUE, answer, proposed, schema_of
from assistant.tools.tool import At
from knowledge.errors import BadInput, NotAllowed, NotFound
from tests.unit.planning.situations import MIND, WORLD, situation_of

OWN = situation_of("xiaolin")
OTHERS = [order for order in WORLD.orders if order.buyer_id != "xiaolin"]
EFFECTS = InMemoryEffects()
AT = At(StaticPlatform(WORLD, "demo", EFFECTS), Scope("demo", "buyer", "xiaolin"), OWN)
WRITES = sorted(name for name, tool in CATALOGUE.items() if tool.effect == "writes")
READS = sorted(name for name, tool in CATALOGUE.items() if tool.effect == "reads")
REFUSALS = (BadInput, NotAllowed, NotFound)
TIMES = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ids = st.sampled_from(
    [order.id for order in WORLD.orders] + [item.id for order in WORLD.orders for item in order.items]
    + ["nova-12", "nova-buds", "hearth-dryer", "0", "' or 1=1 --", "*"]
)
words = st.one_of(ids, st.text(max_size=12), st.sampled_from([
    "changed_mind", "quality", "counterfeit", "installation", "2026-11-23", "gift_card", "bank_card", "personal",
    "company", "special", "late_dispatch", "文一西路969号", "13800002017",
]))
scalars = st.one_of(words, st.integers(-5, 10**13), st.booleans(), st.none(), st.floats(allow_nan=True))
values = st.one_of(
    scalars, st.lists(scalars, max_size=3),
    st.lists(st.fixed_dictionaries({"product_id": words, "quantity": st.integers(-2, 2000)}), max_size=3),
)
EXTRA = st.sampled_from(["amount_fen", "buyer_id", "tenant", "scope", "rule", "has_photo", "at", "__class__"])


@st.composite
def calls(draw: st.DrawFn, names: list[str]) -> tuple[str, Mapping[str, object]]:
    """A call of a tool with arguments of any kind, most of them under names that the tool has."""
    name = draw(st.sampled_from(names))
    properties = schema_of(CATALOGUE[name])["parameters"].get("properties", {})
    known = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
    further = draw(st.lists(EXTRA, max_size=1)) if draw(st.integers(0, 4)) == 0 else []
    required = schema_of(CATALOGUE[name])["parameters"].get("required", [])
    keys = dict.fromkeys([*required, *known, *further])
    return name, {key: draw(words if key in required and draw(st.booleans()) else values) for key in keys}


def check_plan(plan: Plan) -> None:
    """Whatever came of it is the buyer's own, and no more than a decision grants."""
    assert isinstance(plan.step, Propose | AskFact | Refuse | PassOn | ShowCases)
    if not isinstance(plan.step, Propose):
        return
    command, decision = plan.step.command, plan.step.decision
    assert decision.outcome == "grant"
    assert command.amount_fen == (decision.amount.fen if decision.amount else 0)
    if command.name == "place_order":
        assert command.arguments["buyer_id"] == "xiaolin"
        assert command.arguments["payment"] in {one.id for one in WORLD.payments["xiaolin"]}
        assert command.amount_fen == sum(WORLD.product(x.product_id).price_fen * x.quantity  # type: ignore[union-attr]
                                         for x in command.lines)
        return
    order = OWN.order(command.order_id)
    assert order is not None
    assert command.amount_fen <= order.paid_fen
    assert command.item_id is None or order.item(command.item_id) is not None


@TIMES
@given(calls(WRITES))
async def test_no_arguments_get_by(call: tuple[str, Mapping[str, object]]) -> None:
    """Any arguments to any write are refused, asked about, or become a proposal that a decision grants."""
    try:
        plan = await proposed(*call, AT, MIND)
    except REFUSALS:
        return
    check_plan(plan)
    assert not await EFFECTS.all("demo")


@TIMES
@given(calls(READS))
async def test_no_read_shows_what_is_somebody_elses(call: tuple[str, Mapping[str, object]]) -> None:
    """Any arguments to any read are refused or answered with what the buyer may see: no other buyer's order in it."""
    try:
        found = str(await answer(*call, AT))
    except REFUSALS:
        return
    assert not any(order.id in found for order in OTHERS)
    assert not any(buyer.name in found for buyer in WORLD.buyers if buyer.id != "xiaolin")


@pytest.mark.parametrize("name", [name for name in WRITES if "order_id" in CATALOGUE[name].arguments.model_fields])
async def test_somebody_elses_order_does_not_exist(name: str) -> None:
    """An order of another buyer's and one that nobody has are refused in the same words."""
    said = set()
    for order_id in (OTHERS[0].id, "000000000000000000"):
        arguments: dict[str, object] = {"order_id": order_id}
        if name == "book_visit":
            arguments |= {"service": "repair", "day": "2026-11-24"}
        with pytest.raises(NotFound) as refused:
            await proposed(name, arguments, AT, MIND)
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.parametrize("extra", ["amount_fen", "buyer_id", "tenant", "rule", "has_photo"])
async def test_what_is_not_a_models_to_say_is_refused(extra: str) -> None:
    """An amount, an identity, a rule or evidence among the arguments is refused by name, not dropped in silence."""
    fryer = next(one for one in OWN.orders if one.items[0].product_id == "hearth-fryer")
    with pytest.raises(BadInput, match=extra):
        await proposed("open_refund", {"order_id": fryer.id, extra: 1}, AT, MIND)


async def test_a_write_that_holds_is_only_proposed() -> None:
    """A granted write comes back as a proposal with the decision's amount; the platform was asked nothing."""
    fryer = next(one for one in OWN.orders if one.items[0].product_id == "hearth-fryer")
    plan = await proposed("cancel_order", {"order_id": fryer.id}, AT, MIND)
    assert isinstance(plan.step, Propose)
    assert plan.step.command.amount_fen == fryer.paid_fen
    assert not await EFFECTS.all("demo")


async def test_goods_are_ordered_at_the_platforms_price() -> None:
    """An order placed through the door costs what the platform says today, from the buyer's own card."""
    goods = [{"product_id": "nova-buds", "quantity": 2}]
    plan = await proposed("place_order", {"goods": goods, "payment": "gift_card"}, AT, MIND)
    assert isinstance(plan.step, Propose)
    assert plan.step.command.amount_fen == 2 * 39900
    plan = await proposed("place_order", {"goods": goods, "payment": "visa-of-somebody"}, AT, MIND)
    assert isinstance(plan.step, Refuse)


async def test_what_is_missing_is_asked() -> None:
    """A write without all that the rules need comes back as the question for it."""
    fryer = next(one for one in OWN.orders if one.items[0].product_id == "hearth-fryer")
    plan = await proposed("change_address", {"order_id": fryer.id}, AT, MIND)
    assert isinstance(plan.step, AskFact)
    assert plan.step.fact == "claim.address"


async def test_a_tool_that_is_not_offered_is_refused() -> None:
    """A write whose condition does not hold can't be called by its name anyway; nor a read as a write."""
    with pytest.raises(NotAllowed):
        await proposed("withdraw_case", {"case_number": "AS-1"}, AT, MIND)
    with pytest.raises(BadInput, match="no tool that writes"):
        await proposed("find_orders", {}, AT, MIND)
    nobody = replace(AT, situation=replace(OWN, orders=()))
    with pytest.raises(NotAllowed):
        await answer("find_orders", {}, nobody)


async def test_reads_answer_at_once() -> None:
    """Orders, products, fault codes, services and balances are told from the platform's own records."""
    orders = (await answer("find_orders", {"words": "炸锅"}, AT))["orders"]
    assert [one["state"] for one in orders] == ["paid"]  # type: ignore[attr-defined]
    fault = await answer("fault_code", {"product_id": "hearth-washer", "code": "e04"}, AT)
    assert "漏水" in str(fault["meaning"])
    compared = await answer("compare_products", {"product_ids": ["nova-pad", "nova-watch"]}, AT)
    assert [one["price"] for one in compared["products"]] == ["¥1,899.00", "¥899.00"]  # type: ignore[attr-defined]
    methods = (await answer("payment_methods", {}, AT))["methods"]
    assert {one["id"]: one["balance_fen"] for one in methods} == {"gift_card": 100000, "bank_card": None}  # type: ignore[attr-defined]
