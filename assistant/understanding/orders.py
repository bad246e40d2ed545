"""Which order a buyer means: "上周买的手机", "那个红色的裙子", "最近那单", "the one that arrived yesterday".

Each clue in the text (a number, a thing, a colour, a day, a shop, a state, a place in the list) says of every order how
well it fits, from 0 to 1. What is named and fits no order at all is a contradiction, and then nothing is found:
better to ask than to take the wrong order.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from assistant.understanding.dates import Days, parse_days
from assistant.understanding.products import Named, Products, shipped_products
from assistant.understanding.reading import Mention
from knowledge.text import Text

"""Days in a message are days where the platform is."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """One line of an order, as far as people refer to it. Times are in the buyer's eyes: of the platform's zone."""

    order_id: str
    item_id: str
    title: Text
    aliases: tuple[str, ...]
    category: str
    shop: Text
    created_at: datetime
    state: str
    paid_fen: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    delivered_at: datetime | None = None
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order line that may be meant; `score` runs from 0 to 1, `why` names the clues that fit (`thing`, …)."""

    order_id: str
    item_id: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clue:
    """How well each order fits one thing that was said. A `hard` clue that fits none contradicts all."""

    name: str
    fits: tuple[float, ...]
    hard: bool = False


def resolve_order(
    mentions: Sequence[Mention], text: str, orders: Sequence[OrderView], today: date, products: Products | None = None
) -> tuple[Candidate, ...]:
    """The order lines that the text may mean, best first; empty when it points to none or contradicts all.

    `orders` stand as the buyer sees them, so that "the second one" can be counted. Lines that fit all clues score
    above 0.6, and those that fit one of several clues only score lower.
    """
    said = _Said(text, tuple(mentions), today, products or shipped_products())
    clues = [clue for find in _CLUES for clue in find(said, orders)]
    useful = [clue for clue in clues if clue.hard or max(clue.fits, default=0) > 0]
    if not orders or not useful or any(max(clue.fits) == 0 for clue in useful):
        return ()
    scores = [math.prod(max(clue.fits[i], _floor(clue, useful, i)) for clue in useful) for i in range(len(orders))]
    if _wants_latest(mentions):
        scores = _newest_among(scores, orders)
        useful = [*useful, Clue("latest", tuple(scores))]
    best = max(scores)
    found = [
        Candidate(o.order_id, o.item_id, round(score, 3), _reasons(useful, i))
        for i, (o, score) in enumerate(zip(orders, scores, strict=True))
        if score >= 0.2 * best and score > 0.05
    ]
    return tuple(sorted(found, key=lambda c: -c.score))


def _floor(clue: Clue, clues: Sequence[Clue], line: int) -> float:
    """How little a clue that does not fit leaves of a line: who names the goods may well be wrong about their day."""
    named = any(one.name == "thing" and one.fits[line] >= 0.75 for one in clues)
    return 0.4 if named and clue.name in _FORGIVEN else 0.05


_FORGIVEN = frozenset({"day", "state", "amount", "shop"})


def _reasons(clues: Sequence[Clue], line: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clue.name for clue in clues if clue.fits[line] >= 0.5))


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said, with what is needed to compare it with orders."""

    text: str
    mentions: tuple[Mention, ...]
    today: date
    products: Products

    def of_kind(self, kind: str) -> list[Mention]:
        return [m for m in self.mentions if m.kind == kind]


Orders = Sequence[OrderView]


def _wants_latest(mentions: Sequence[Mention]) -> bool:
    return any(m.kind == "ordinal" and m.value == "latest" for m in mentions)


def _newest_among(scores: list[float], orders: Orders) -> list[float]:
    """Of the lines that fit best so far, the newest order keeps its score; the others fall behind by their age."""
    fitting = {o.created_at for o, s in zip(orders, scores, strict=True) if s >= 0.5 * max(scores)}
    rank = {created: n for n, created in enumerate(sorted(fitting, reverse=True))}
    return [s * (0.5 ** rank.get(o.created_at, 9)) for o, s in zip(orders, scores, strict=True)]


# --- clues ----------------------------------------------------------------------------------------

_TAIL = re.compile(
    r"(?:尾号|后[四4]位|末尾|ending(?: in| with)?|last (?:four|4)(?: digits)?)\D{0,4}(\d{4,6})", re.IGNORECASE
)


def _by_number(said: _Said, orders: Orders) -> Iterator[Clue]:
    for mention in said.of_kind("order_number"):
        yield Clue("number", tuple(float(o.order_id == str(mention.value)) for o in orders), hard=True)
    for mention in said.of_kind("product_id"):
        yield Clue("number", tuple(float(o.product_id == str(mention.value)) for o in orders), hard=True)
    for tail in _TAIL.findall(said.text):
        yield Clue("number", tuple(float(o.order_id.endswith(tail)) for o in orders), hard=True)


def _by_thing(said: _Said, orders: Orders) -> Iterator[Clue]:
    """Things named fit by the vocabulary, by the order's own aliases, or by words of its title."""
    lines = [_LineWords.of(order, said.products) for order in orders]
    named = [n for n in said.products.goods.named_in(said.text) if not _is_colour(said, n)]
    fits = tuple(max((line.fit(n, said.text) for n in named), default=0.0) for line in lines)
    own = tuple(line.own_words(said.text) for line in lines)
    part = 0.5 if max(fits, default=0) >= 0.75 else 1.0      # "Nova" is no more than a hint once "phone" fits something
    together = tuple(max(a, part * b) for a, b in zip(fits, own, strict=True))
    if named or max(together, default=0) > 0:
        yield Clue("thing", together, hard=bool(named))


def _is_colour(said: _Said, named: Named) -> bool:
    """"Orange" and "cream" are colours when more is said of the thing."""
    word = said.text[named.start : named.end].lower()
    return word in said.products.colours.words and len(said.products.goods.named_in(said.text)) > 1


@dataclass(frozen=True, slots=True)
class _LineWords:
    """An order line's own words, and what they mean."""

    words: frozenset[str]
    things: frozenset[int]
    names: tuple[str, ...]
    category: str

    @classmethod
    def of(cls, order: OrderView, products: Products) -> "_LineWords":
        texts = [text.lower() for text in (*order.aliases, order.title.zh, order.title.en)]
        named = [(text[n.start : n.end], n.things) for text in texts for n in products.goods.named_in(text)]
        runs = (run for text in texts for run in _RUN.findall(text))
        names = tuple(run for run in runs if run not in _COMMON_RUNS and run not in products.goods.words)
        things = frozenset(thing for _, things in named for thing in things)
        return cls(frozenset(word for word, _ in named), things, names, order.category)

    def fit(self, named: Named, text: str) -> float:
        word = text[named.start : named.end].lower()
        if word in self.words:
            return 1.0
        if named.things & self.things:
            return 0.95 if not named.categories else 0.8
        return 0.75 if self.category in named.categories else 0.0

    def own_words(self, text: str) -> float:
        """Whether the text repeats a part of the line's name that is no word for goods: "nova", "基围"."""
        return 0.9 if any(_says(name, text.lower()) for name in self.names) else 0.0


_RUN = re.compile(r"[\u4e00-\u9fff]{2,}|[a-z0-9]{4,}")
_COMMON_RUNS = frozenset(["with", "pack", "pair", "from", "this", "that", "size", "gift", "made", "一个", "礼盒",
"套装"])


def _says(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z])", text)) if word[0].isascii() else word in text


def _by_colour(said: _Said, orders: Orders) -> Iterator[Clue]:
    wanted = said.products.colours.things_in([_COLOUR_NOISE.sub(" ", said.text)])
    if not wanted:
        return
    fits = []
    for order in orders:
        own = said.products.colours.things_in(order.options.values())
        in_title = said.products.colours.things_in([order.title.zh, order.title.en])
        fits.append(1.0 if own & wanted else 0.7 if in_title & wanted else 0.15 if own else 0.3)
    if max(fits) >= 0.7:
        yield Clue("colour", tuple(fits))


_COLOUR_NOISE = re.compile(
    r"退金|金额|现金|定金|订金|押金|红包|黑屏|白买|空白|明白|黑店|黄牛|粉丝|灰尘|白条|银行|黑猫|蓝牙|金币|奖金|佣金|白色家电"
)


def _by_option(said: _Said, orders: Orders) -> Iterator[Clue]:
    """Sizes and other options: "the 42 ones", "L码那件"."""
    fits = tuple(
        float(any(_says_option(value, said.text) for value in order.options.values())) for order in orders
    )
    if 0 < sum(fits) < len(fits):
        yield Clue("option", tuple(f or 0.3 for f in fits))


def _says_option(value: str, text: str) -> bool:
    if len(value) > 1 and _says(value.lower(), text.lower()):
        return True
    return bool(re.search(
        rf"(?<![A-Za-z0-9]){re.escape(value)} ?(?:码|号)|\bsize {re.escape(value)}\b", text, re.IGNORECASE))


def _by_day(said: _Said, orders: Orders) -> Iterator[Clue]:
    for mention in said.of_kind("date"):
        days = parse_days(str(mention.value))
        moment = _moment_of(said.text, mention)
        if days.first <= said.today:
            yield Clue("day", tuple(_near(moment(order), days) for order in orders))


_ARRIVED = re.compile(
    r"到的|到了|收到|到货|签收|送到|送来|拿到|到手|arriv|receiv|deliver|came|got it|turned up", re.IGNORECASE
)
_BOUGHT = re.compile(r"买|下单|下的|拍的|拍了|订的|入手|bought|buy|order|purchas|paid", re.IGNORECASE)


def _moment_of(text: str, mention: Mention) -> Callable[[OrderView], tuple[datetime | None, ...]]:
    """The time of an order that a day speaks of: when it came, when it was bought, or either."""
    around = text[mention.end : mention.end + 8] + " " + text[max(0, mention.start - 14) : mention.start]
    if _ARRIVED.search(around) and not _BOUGHT.search(text[mention.end : mention.end + 4]):
        return lambda order: (order.delivered_at,)
    if _BOUGHT.search(around):
        return lambda order: (order.created_at,)
    return lambda order: (order.created_at, order.delivered_at)


def _near(moments: tuple[datetime | None, ...], days: Days) -> float:
    """1 inside the days, less by the day outside; memory slips by more where more time was named."""
    slack = 1 + ((days.last - days.first).days + 1) / 3
    return max((_closeness(m.date(), days, slack) for m in moments if m), default=0.0)


def _closeness(day: date, days: Days, slack: float) -> float:
    off = max(days.first - day, day - days.last, timedelta(0)).days
    return 0.0 if off > 3 * slack else math.exp(-off / slack)


def _by_shop(said: _Said, orders: Orders) -> Iterator[Clue]:
    fits = tuple(float(_names_shop(order.shop, said.text.lower())) for order in orders)
    if any(fits):
        yield Clue("shop", fits)


def _names_shop(shop: Text, text: str) -> bool:
    """True when the text has the shop's name, or the two characters (the word) that it begins with."""
    brand = shop.zh[:2]
    first = shop.en.lower().split(" ")[0]
    known = shipped_products().goods.words
    return (len(brand) == 2 and brand in text and brand not in known) or (
        len(first) >= 4 and first not in known and _says(first, text)
    )


_STATES: tuple[tuple[str, frozenset[str]], ...] = (
    (
        r"(?:没|未|还不|不|没有)(?:给我?)?发货|not (?:yet )?(?:been )?(?:shipped|dispatched)|hasn'?t (?:been )?shipped"
        r"|unshipped", frozenset({"paid"})),
    (r"没付款|未付款|没付钱|待付款|unpaid|not paid", frozenset({"unpaid"})),
    (r"(?:刚刚?|才|已经?)付(?:了|过)?[款钱](?:了)?的|just paid", frozenset({"paid"})),
    (r"(?:已经?|都)(?:收到|签收)了?|already (?:received|delivered|arrived)", frozenset({"delivered", "completed"})),
    (r"已发货|发了货的|already (?:shipped|dispatched)", frozenset({"dispatched"})),
    (r"在路上|运输中|派送中|on (?:its|the) way|in transit", frozenset({"dispatched"})),
    (
        r"(?:没|未)(?:有)?收到(?:货)?|还没到|没到货|haven'?t received|not arrived|hasn'?t arrived"
     r"|never arrived", frozenset({"paid", "dispatched", "delivered"})),
)  # fmt: skip


def _by_state(said: _Said, orders: Orders) -> Iterator[Clue]:
    for pattern, states in _STATES:
        if re.search(pattern, said.text, re.IGNORECASE):
            yield Clue("state", tuple(1.0 if order.state in states else 0.25 for order in orders))


def _by_amount(said: _Said, orders: Orders) -> Iterator[Clue]:
    bare = [round(float(number) * 100) for number in _BARE_PRICE.findall(said.text)]
    told = [int(mention.value) for mention in said.of_kind("amount")]
    for fen in dict.fromkeys([*told, *(b for b in bare if any(b == order.paid_fen for order in orders))]):
        exact = tuple(_same_amount(order.paid_fen, fen) for order in orders)
        if any(exact):
            yield Clue("amount", tuple(fit or 0.5 for fit in exact))


_BARE_PRICE = re.compile(r"(?<![\d.])\d{2,6}(?:\.\d{1,2})?(?![\d.])")  # "299那条", when a line cost just that


def _same_amount(paid: int, said: int) -> float:
    return 1.0 if paid == said else 0.8 if said and abs(paid - said) <= 0.05 * said else 0.0


def _by_place(said: _Said, orders: Orders) -> Iterator[Clue]:
    """The nth of the list, or the newest: "the last one" is the last of a list that is longer than one screen."""
    for mention in said.of_kind("ordinal"):
        if mention.value == "latest":
            yield Clue("latest", tuple(1.0 for _ in orders), hard=True)
        elif mention.confidence >= 0.9:
            place = int(mention.value)
            index = place - 1 if place > 0 else len(orders) + place
            yield Clue("place", tuple(float(i == index) for i in range(len(orders))), hard=True)


_CLUES: tuple[Callable[[_Said, Orders], Iterator[Clue]], ...] = (
    _by_number, _by_thing, _by_colour, _by_option, _by_day, _by_shop, _by_state, _by_amount, _by_place,
)  # fmt: skip
