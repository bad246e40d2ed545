"""Finding products by words: their titles, the names that people have for them, and their specifications."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.commerce.model import Product
from knowledge.text import Text
from knowledge.words import WordIndex

LEAST = 0.05
"""A share of the words' weight below which a product has nothing to do with them."""


def best_products(products: Sequence[Product], words: str, limit: int) -> tuple[Product, ...]:
    """The products on sale that fit the words, the best first, `limit` at most."""
    on_sale = [product for product in products if product.on_sale]
    index = WordIndex([" ".join(_words_of(product)) for product in on_sale])
    scored = sorted(zip(index.scores(words), on_sale, strict=True), key=lambda one: -one[0])
    return tuple(product for score, product in scored[:limit] if score >= LEAST)


def _words_of(product: Product) -> Iterator[str]:
    yield from _both(product.title)
    yield from product.aliases
    for attribute in product.sheet.attributes:
        yield from (*_both(attribute.name), *_both(attribute.value))
    if product.description:
        yield from _both(product.description)


def _both(text: Text) -> Iterable[str]:
    return text.zh, text.en
