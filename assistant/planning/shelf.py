"""Which products a buyer means, bought or not: by number or link, by name, or those that were just shown."""

import re
from collections.abc import Iterable, Sequence

from assistant.commerce.model import PaymentMethod, Product
from assistant.commerce.platform import Line
from assistant.planning import baskets, swaps
from assistant.planning.goods import best_target, named_target, target_of_task
from assistant.planning.step import Situation
from assistant.understanding.numerals import EN_NUMBER, parse_number
from assistant.understanding.reading import FactValue, Mention, Reading
from knowledge.words import terms

NUMBERS = ("product_id", "tracking_number", "order_number")
"""What the number of a product may be read as, where nothing beside it says what it is."""

NEAR = 14
"""Characters between a number of units and the goods that it counts."""

_THIS = re.compile(
    r"这[款个台件几两三双]|它们?|该商品|那[款个台件]|上面|\b(?:this|that|these|those|it|them|the one)\b", re.IGNORECASE
)
_CARDS = re.compile(r"e卡|礼品卡|购物卡|储值卡|余额|gift ?card|balance|wallet|store credit", re.IGNORECASE)
SHORT = 24


def products_meant(reading: Reading, situation: Situation) -> tuple[Product, ...]:
    """The products that the words are about, in their order; empty where they point to none that is known."""
    numbered = [one for one, _ in _numbered(reading, situation)]
    if numbered:
        return _each_once(numbered)
    shown = [situation.goods[one] for one in situation.state.goods if one in situation.goods]
    told_apart = _told_apart(reading.text, shown)
    return (told_apart,) if told_apart else _named(reading, situation) or _remembered(reading, situation, shown)


def _each_once(products: Iterable[Product]) -> tuple[Product, ...]:
    return tuple({product.id: product for product in products}.values())


def _numbered(reading: Reading, situation: Situation) -> list[tuple[Product, Mention]]:
    """The products whose number or link stands in the text; a bare number counts where a product has it."""
    return [
        (situation.goods[str(one.value)], one)
        for one in reading.mentions if one.kind in NUMBERS and str(one.value) in situation.goods
    ]


def _named(reading: Reading, situation: Situation) -> tuple[Product, ...]:
    """The goods of an own order that the words name, or those on sale that they fit best."""
    target = named_target(reading, situation, "complaint")
    own = situation.products.get(target.item.product_id) if target else None
    if own:
        return (own,)
    text = reading.text.lower()
    on_sale = [one for one in situation.found.values() if any(name.lower() in text for name in _names_of(one))]
    return tuple(on_sale[:3])


def _names_of(product: Product) -> tuple[str, ...]:
    return (*product.aliases, product.title.zh, product.title.en)


def _remembered(reading: Reading, situation: Situation, shown: Sequence[Product]) -> tuple[Product, ...]:
    """What was shown last; or the goods that the open task is about, when the words point back to them."""
    if shown:
        return tuple(shown)
    points_back = bool(_THIS.search(reading.text)) or len(reading.text) <= SHORT
    task = situation.state.task or situation.state.last
    target = target_of_task(task, situation) if task else None
    own = situation.products.get(target.item.product_id) if target else None
    return (own,) if own and points_back else ()


def _told_apart(text: str, shown: Sequence[Product]) -> Product | None:
    """The one of several products whose title alone has a word of the text ("the one for the kitchen")."""
    titles = [f"{one.title.zh} {one.title.en}".lower() for one in shown]
    said = {word for word in terms(text) if len(word) > 1}
    own = [{word for word in said if word in title} for title in titles]
    if len(own) < 2:
        return None
    shared = set.intersection(*own)
    telling = [len(words - shared) for words in own]
    best = max(telling, default=0)
    return shown[telling.index(best)] if best and telling.count(best) == 1 else None


def purchase_told(reading: Reading, situation: Situation) -> dict[str, FactValue]:
    """The basket and the means of payment that a message names, as the platform knows them."""
    told: dict[str, FactValue] = {}
    lines = _lines(reading, situation)
    if lines:
        told["claim.basket"] = baskets.written(lines)
    method = payment_meant(reading.text, situation.payments)
    if method:
        told["claim.payment"] = method.id
    return told


def _lines(reading: Reading, situation: Situation) -> list[Line]:
    """So many of each product that is named; one of what no number stands beside."""
    numbered = _numbered(reading, situation)
    if numbered:
        counts = list(reading.of_kind("quantity"))
        return [Line(product.id, _units(mention, counts)) for product, mention in numbered]
    meant = products_meant(reading, situation)
    if len(meant) != 1:
        return []
    counted = next((int(one.value) for one in reading.of_kind("quantity")), None) or _ordered(reading.text)
    return [Line(meant[0].id, max(1, counted))]


_ORDERED = re.compile(rf"\b(?:order|buy|get)(?: me)? (?P<n>\d{{1,3}}|{EN_NUMBER})\b", re.IGNORECASE)


def _ordered(text: str) -> int:
    """How many are ordered in English, where the goods follow the number at once: "order two Nova Buds"."""
    said = _ORDERED.search(text)
    return int(parse_number(said["n"]) or 1) if said else 1


def _units(mention: Mention, counts: list[Mention]) -> int:
    """How many of what is mentioned: the nearest number of units beside it, used once."""
    beside = [one for one in counts if min(abs(one.end - mention.start), abs(one.start - mention.end)) <= NEAR]
    if not beside:
        return 1
    before = [one for one in beside if one.end <= mention.start]      # "two of A": the number stands before its goods
    nearest = max(before, key=lambda one: one.end) if before else min(beside, key=lambda one: one.start)
    counts.remove(nearest)
    return max(1, int(nearest.value))


def payment_meant(text: str, methods: Sequence[PaymentMethod]) -> PaymentMethod | None:
    """The buyer's payment method that a text names, or the only one that holds money where it speaks of a card."""
    lowered = text.lower()
    named = [one for one in methods if any(name.lower() in lowered for name in (one.title.zh, one.title.en, one.id))]
    if len(named) == 1:
        return named[0]
    holding = [one for one in methods if one.balance_fen is not None]
    return holding[0] if len(holding) == 1 and _CARDS.search(text) else None


def exchange_told(reading: Reading, situation: Situation) -> dict[str, FactValue]:
    """What an item is to be exchanged for, where the words tell one of the products that the shop allows for it."""
    task = situation.state.task or situation.state.last
    held = target_of_task(task, situation) if task else None
    target = named_target(reading, situation, "exchange") or held or best_target(reading, situation, "exchange")
    own = situation.products.get(target.item.product_id) if target else None
    if own is None:
        return {}
    listed = [situation.goods[one] for one in own.exchange_for if one in situation.goods]
    numbered = [product for product, _ in _numbered(reading, situation) if product in listed]
    wanted = numbered[0] if len(numbered) == 1 else swaps.fitting(reading.text, own, listed)
    return {"claim.exchange_for": wanted.id} if wanted else {}
