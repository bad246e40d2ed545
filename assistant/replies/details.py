"""What a command will do, line by line, for the proposal's card: nothing that goes to the platform is left unsaid."""

from collections.abc import Callable, Iterator, Mapping

from assistant.commerce.model import Order
from assistant.commerce.platform import Command
from assistant.commerce.views import item_line
from assistant.currency import money
from assistant.decisions.facts import FactCatalog
from assistant.planning.step import Situation
from knowledge.text import Language, Text

Lines = Iterator[str]
_NOT_SHOWN = frozenset({
    "rule", "claim", "reason", "quantity", "asked_at", "buyer_id", "basket", "payment", "case_id", "move",
})
"""Arguments that have a line of their own elsewhere on the card, or say nothing to a buyer."""

_PAY_BY = Text("支付方式", "Paid by")
_CASE = Text("撤销或申诉的售后", "The case")
_ORDER = Text("订单", "Order")


def details(command: Command, situation: Situation, catalog: FactCatalog, language: Language) -> tuple[str, ...]:
    """The goods and the arguments of a command in words."""
    named = _GOODS.get(command.name, _nothing)(command, situation, language)
    return (*named, *_arguments(command, catalog, language))


def _nothing(_command: Command, _situation: Situation, _language: Language) -> Lines:
    yield from ()


def _whole_order(command: Command, situation: Situation, language: Language) -> Lines:
    """Every line of the order that the command is about, where there are several."""
    order: Order | None = situation.order(command.order_id)
    if order is None:
        return
    yield _said(_ORDER, order.id, language)
    if len(order.items) > 1:
        yield from (item_line(item, language) for item in order.items)


def _bought(command: Command, situation: Situation, language: Language) -> Lines:
    """Each product with its units and price, and how it is paid."""
    for line in command.lines:
        product = situation.goods[line.product_id]
        yield f"{product.title.in_(language)} ×{line.quantity} · {money(product.price_fen * line.quantity)}"
    method = next((one for one in situation.payments if one.id == command.arguments.get("payment")), None)
    if method:
        yield _said(_PAY_BY, method.title.in_(language), language)


def _case(command: Command, situation: Situation, language: Language) -> Lines:
    case = next((one for one in situation.cases if one.id == command.arguments.get("case_id")), None)
    if case:
        yield _said(_CASE, f"{case.title.in_(language)} {case.number}", language)


def _exchanged(command: Command, situation: Situation, language: Language) -> Lines:
    for line in command.lines:
        if line.product_id in situation.goods:
            yield f"→ {situation.goods[line.product_id].title.in_(language)} ×{line.quantity}"


_GOODS: Mapping[str, Callable[[Command, Situation, Language], Lines]] = {
    "place_order": _bought, "withdraw": _case, "appeal": _case, "exchange": _exchanged, "cancel_order": _whole_order,
    "change_address": _whole_order, "urge": _whole_order, "invoice": _whole_order, "book_service": _whole_order,
}


def _arguments(command: Command, catalog: FactCatalog, language: Language) -> Lines:
    """What the buyer gave for it, by the label of each fact."""
    for short, value in command.arguments.items():
        name = f"claim.{short}"
        if short in _NOT_SHOWN or name not in catalog.names:
            continue
        fact = catalog.fact(name)
        told = str(value)[:10] if fact.type == "date" else catalog.describe(name, value, language)
        yield _said(fact.label, told, language)


def _said(label: Text, value: str, language: Language) -> str:
    return f"{label.in_(language)}{'：' if language == 'zh' else ': '}{value}"
