"""A scripted buyer: tells a task's wishes in order, answers what is asked, says yes to what leads where the task does.

It is no model: its words are the task's own, its answers what the task's text or the shop's records of them hold.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from assistant.commerce.platform import Command
from assistant.replies.reply import Choice, OrderChoice, OrderPickerCard, PhotoCard, ProposalCard, Reply
from evals.external.ecom_bench.commands import carried_out
from evals.external.ecom_bench.conditions import Heard, holds
from evals.external.ecom_bench.shop import JdShop
from evals.external.ecom_bench.state import Books, Sale
from evals.external.ecom_bench.tasks import Task
from evals.external.ecom_bench.wording import Wish, spoken, wishes_of
from knowledge.errors import FairdeskError

DONT_KNOW = "不知道，你帮我查一下"
SAME_QUESTION_MOST = 2
"""How often the same question is answered before the buyer lets it be."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the buyer does next: words, pictures along with them, or a tap."""

    text: str = ""
    photos: int = 0
    tap: Choice | None = None


def differences(books: Books, gold: Books) -> int:
    """In how many places two states of the books differ: each field of each order counts, each balance, each visit."""
    count = len(books.cashbacks ^ gold.cashbacks)
    for part in ("balances", "invoices", "visits"):
        one, other = getattr(books, part), getattr(gold, part)
        count += sum(one.get(key) != other.get(key) for key in {*one, *other})
    return count + sum(_apart(books.sales.get(key), gold.sales.get(key)) for key in {*books.sales, *gold.sales})


def _apart(mine: Sale | None, theirs: Sale | None) -> int:
    """In how many fields two states of an order differ; an order that is missing counts once."""
    if mine is None or theirs is None:
        return int(mine is not theirs)
    compared = (one.name for one in fields(mine) if one.compare)
    return sum(getattr(mine, name) != getattr(theirs, name) for name in compared)


@dataclass(slots=True)
class ScriptedBuyer:
    """One buyer with one task; `gold` is where the books should end."""

    task: Task
    shop: JdShop
    gold: Books
    variant: int = 0
    current: Wish = field(default_factory=lambda: Wish(""))
    heard: Heard = field(default_factory=Heard)
    _answered: Counter[str] = field(default_factory=Counter)
    _to_last: str = ""
    _to_this: str = ""

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """What the buyer came for, in order."""
        return wishes_of(self.task.instruction)

    def begins(self, wish: Wish) -> Said | None:
        """The words for a wish, or None when its condition has not come true."""
        if not holds(wish, self.heard):
            return None
        self.current, self._to_last = wish, self._to_this
        self._to_this = ""
        self.heard = replace(self.heard, lately=self._to_last, refused=False, proposed=False)
        self._answered.clear()
        return Said(spoken(wish, self.variant), wish.photos)

    def hears(self, reply: Reply | None, text: str, refused: bool) -> None:
        """Take in what the assistant said."""
        heard, self._to_this = self.heard, f"{self._to_this}\n{text}"
        self.heard = replace(
            heard, lately=f"{self._to_last}\n{self._to_this}", ever=f"{heard.ever}\n{text}",
            refused=refused or (heard.refused and not _proposal(reply)), proposed=bool(_proposal(reply)),
        )

    def answers(self, reply: Reply | None, asked: str, command: Command | None) -> Said | None:
        """What the buyer says to what was asked; None when nothing was, or it was answered often enough.

        `asked` is what the assistant waits for, `command` what the proposal on the table would do.
        """
        if reply is None:
            return None
        card = _proposal(reply)
        if card and command:
            return Said(tap=Choice(proposal_id=card.proposal_id, decision=self._verdict(command)))
        if not asked or self._answered[asked] >= SAME_QUESTION_MOST:
            return None
        if any(isinstance(card, PhotoCard) for card in reply.cards) and not self.current.photos:
            return None     # a later wish brings the picture, or there is none
        self._answered[asked] += 1
        return self._answer(reply, asked)

    def _verdict(self, command: Command) -> Literal["confirm", "refuse"]:
        """Yes when the books are nearer to where they should end after a command than before it."""
        books = self.shop.books
        try:
            after = carried_out(books, command, self.shop.ground)
        except FairdeskError:
            return "refuse"
        return "confirm" if differences(after, self.gold) < differences(books, self.gold) else "refuse"

    def _answer(self, reply: Reply, asked: str) -> Said:
        if asked == "next_task":
            return Said("好的" if differences(self.shop.books, self.gold) else "不用了")
        picker = next((card for card in reply.cards if isinstance(card, OrderPickerCard)), None)
        if picker:
            return self._pick(picker)
        text = _ANSWERS.get(asked, lambda _: "")(f"{self.current.words}\n{self.task.instruction}")
        if text or self._answered[asked] > 1:
            return Said(text or DONT_KNOW)
        return Said(self.current.words, self.current.photos)

    def _pick(self, picker: OrderPickerCard) -> Said:
        """Tap the order that is meant: named last, by its number or its product's, or still to be changed."""
        named = [one for words in self._told_so_far() for one in picker.orders if _names(words, one)]
        open_ones = [one for one in picker.orders if self._is_open(one.order_id)]
        both = [one for one in named if one in open_ones]
        chosen = next(iter([*both, *named, *open_ones]), None)
        if chosen is None:
            return Said(DONT_KNOW)
        return Said(chosen.title, tap=Choice(order_id=chosen.order_id, item_id=chosen.item_id))

    def _told_so_far(self) -> list[str]:
        """The wishes up to the present one, the latest first."""
        words = [wish.words for wish in self.wishes]
        return words[words.index(self.current.words)::-1] if self.current.words in words else [self.current.words]

    def _is_open(self, order_id: str) -> bool:
        """True when something of an order is not yet as it should be."""
        books, gold = self.shop.books, self.gold
        visits = any(key[0] == order_id and books.visits.get(key) != one for key, one in gold.visits.items())
        invoice = books.invoices.get(order_id) != gold.invoices.get(order_id)
        registered = order_id in gold.cashbacks - books.cashbacks
        return visits or invoice or registered or books.sales.get(order_id) != gold.sales.get(order_id)


def _proposal(reply: Reply | None) -> ProposalCard | None:
    return next((card for card in reply.cards if isinstance(card, ProposalCard)), None) if reply else None


def _names(words: str, order: OrderChoice) -> bool:
    return order.order_id in words or order.item_id in words


def _first(pattern: str, group: int = 0) -> "_Find":
    return _Find(re.compile(pattern), group)


@dataclass(frozen=True, slots=True)
class _Find:
    """The first thing in a text that has a form."""

    pattern: re.Pattern[str]
    group: int

    def __call__(self, text: str) -> str:
        found = self.pattern.search(text)
        return found[self.group] if found else ""


_ANSWERS = {
    "claim.visit_day": _first(r"(?:周|星期)[一二三四五六日天]"),
    "claim.payment": _first(r"京东E卡|微信|支付宝|银行卡", 0),
    "claim.service": _first(r"安装|维修"),
    "claim.phone": _first(r"(?<!\d)1\d{10}(?!\d)"),
    "claim.address": _first(r"[\"“]([^\"”]{4,60})[\"”]", 1),
    "claim.invoice_for": _first(r"个人|企业|公司"),
}

