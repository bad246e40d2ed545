"""Products and payment methods in words: what their sheets say, in one language."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from assistant.commerce.model import PaymentMethod, Product
from assistant.planning.step import Aspect, ShowProducts
from assistant.replies.wording import money
from knowledge.text import Language, Text

MOST_LINES = 12

_OFF_SHELF = Text("，已下架", ", off the shelf")
_SOLD_OUT = Text("，已售完", ", sold out")
_IN_THE_BOX = Text("包装内有", "In the box")
_GIFT = Text("赠品", "Gift")
_MATERIALS = Text("辅材", "Materials")
_PRICE = Text("价格", "Price")
_SWAPS = Text("现在可以换成", "It can be exchanged for")
_LEFT = Text("余额", "balance")


def availability(product: Product, language: Language) -> str:
    """That a product can't be bought; nothing where it can."""
    if not product.on_sale:
        return _OFF_SHELF.in_(language)
    return _SOLD_OUT.in_(language) if product.stock == 0 else ""


def told(step: ShowProducts, language: Language) -> str:
    """What the products' sheets say on an aspect, as one run of sentences."""
    if step.aspect == "compare":
        return _joined(_differences(step.products, language), language)
    return _joined(_TOLD[step.aspect](step.products[0], step.code, language), language)


def _joined(lines: Iterable[str], language: Language) -> str:
    kept = [line.rstrip("。. ") for line in lines][:MOST_LINES]
    return "；".join(kept) + "。" if language == "zh" else "; ".join(kept) + "."


def _pair(name: Text, value: Text | str, language: Language) -> str:
    said = value if isinstance(value, str) else value.in_(language)
    return f"{name.in_(language)}：{said}" if language == "zh" else f"{name.in_(language)}: {said}"


def _details(product: Product, _code: str, language: Language) -> Iterator[str]:
    if product.description:
        yield product.description.in_(language)
    for one in product.sheet.attributes:
        yield _pair(one.name, one.value, language)
    if product.sheet.in_the_box:
        joint = "、" if language == "zh" else ", "
        yield _pair(_IN_THE_BOX, joint.join(one.in_(language) for one in product.sheet.in_the_box), language)


def _promotions(product: Product, _code: str, language: Language) -> Iterator[str]:
    for one in product.sheet.promotions:
        yield _pair(one.title, one.about, language)
    for gift in product.sheet.gifts:
        yield _pair(_GIFT, gift, language)


def _services(product: Product, _code: str, language: Language) -> Iterator[str]:
    for one in product.sheet.services:
        yield one.about.in_(language)
        if one.materials:
            yield _pair(_MATERIALS, one.materials, language)


def _fault(product: Product, code: str, language: Language) -> Iterator[str]:
    fault = product.sheet.faults[code]
    yield fault.meaning.in_(language)
    yield fault.advice.in_(language)


def _differences(products: Sequence[Product], language: Language) -> Iterator[str]:
    """The price and each attribute in which the products differ, side by side."""
    yield _pair(_PRICE, _side_by_side([money(one.price_fen) for one in products]), language)
    sheets = [{one.name.zh: one for one in product.sheet.attributes} for product in products]
    for name in dict.fromkeys(name for sheet in sheets for name in sheet):
        values = [sheet[name].value.in_(language) if name in sheet else "—" for sheet in sheets]
        if len(set(values)) > 1:
            label = next(sheet[name].name for sheet in sheets if name in sheet)
            yield _pair(label, _side_by_side(values), language)


def _side_by_side(values: Iterable[str]) -> str:
    return " / ".join(values)


def swaps(products: Sequence[Product], language: Language) -> str:
    """What an item can be exchanged for today; nothing where there is no such product."""
    names = [f"「{one.title.zh}」" if language == "zh" else f'"{one.title.en}"' for one in products]
    return _pair(_SWAPS, ("、" if language == "zh" else ", ").join(names), language) if names else ""


def payments(methods: Sequence[PaymentMethod], language: Language) -> str:
    """The payment methods, and what is left on those that hold money."""
    left = _LEFT.in_(language)
    said = (
        one.title.in_(language) if one.balance_fen is None
        else f"{one.title.in_(language)}（{left} {money(one.balance_fen)}）" if language == "zh"
        else f"{one.title.in_(language)} ({left} {money(one.balance_fen)})"
        for one in methods
    )
    return _joined(said, language)


_TOLD: Mapping[Aspect, Callable[[Product, str, Language], Iterator[str]]] = {
    "details": _details, "promotions": _promotions, "services": _services, "fault": _fault,
}
