"""Plays a scripted buyer against the real assistant, and gives back all that came of it."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from pydantic_core import to_jsonable_python

from assistant import turn
from assistant.building import services_for
from assistant.conversation import AssistantReply, Attachment, BuyerMessage, Event
from assistant.planning import retention
from assistant.replies.reply import Choice, OrderChoice, OrderPickerCard, ProposalCard, Reply
from assistant.scope import Scope
from assistant.services import Services
from assistant.settings import Settings
from assistant.store import conversations
from evals.script import Line, Pick, Script, Tap, load_script
from evals.stage import Stage, build_stage
from evals.transcript import Played, Transcript, Turn, kinds_of, transcript_of
from knowledge.text import Language

SAME_ANSWER_MOST = 2
"""How often a buyer gives the same answer to the same question before giving up."""

FOLLOW_UPS_MOST = 12
"""How many answers a script gives after one of its lines: more means that the dialogue goes in a circle."""

DEFAULT_BUYER = "xiaolin"
_OPEN_QUESTIONS = ("order", "wish")


@dataclass(slots=True)
class Session:
    """One buyer in one conversation, message by message."""

    services: Services
    scope: Scope
    conversation_id: str
    seen: int = 0
    turns: list[Turn] = field(default_factory=list)
    reply: Reply | None = None

    @classmethod
    async def begin(cls, services: Services, scope: Scope, language: Language = "zh") -> "Session":
        """A new conversation of the buyer whose scope it is."""
        conversation_id = services.new_id()
        async with services.database.write() as tx:
            await conversations.create(tx, scope, conversation_id, language, services.clock())
        return cls(services, scope, conversation_id)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, buyer: str | None = None) -> AsyncIterator["Session"]:
        """A conversation at the terminal: services from `settings`, closed at the end."""
        async with services_for(settings) as services:
            yield await cls.begin(services, Scope(services.tenant, "buyer", buyer or DEFAULT_BUYER))

    @property
    def buyer_id(self) -> str:
        """Who speaks."""
        return self.scope.subject

    async def say(self, text: str, answer: Choice | None = None, photos: int = 0) -> Reply | None:
        """Send a message and wait for the reply; None when nobody answers, as a person is to take over."""
        pictures = tuple(Attachment(self.services.new_id(), "", "image/jpeg") for _ in range(photos))
        message = BuyerMessage(self.services.new_id(), text, pictures, answer)
        _, due = await turn.receive(self.services, self.scope, self.conversation_id, message)
        if due:
            await turn.answer(self.services, self.scope, self.conversation_id)
        events = await self._new_events()
        replies = [event.payload.reply for event in events if isinstance(event.payload, AssistantReply)]
        self.reply = replies[-1] if replies else None
        said = text or ("[photo]" if photos else "[tap]")
        self.turns.append(Turn(said, to_jsonable_python(self.reply), kinds_of(events)))
        return self.reply

    async def _new_events(self) -> list[Event]:
        everything = Scope(self.scope.tenant, "system", "player")
        async with self.services.database.read() as tx:
            events = await conversations.log(tx, everything, self.conversation_id, self.seen)
        self.seen = events[-1].seq if events else self.seen
        return events


async def play(script: Script, services: Services | Settings) -> Transcript:
    """Play a script from beginning to end, on a stage of its own.

    Raises:
        BadInput: the script's buyer or orders are wrong.
    """
    if isinstance(services, Settings):
        async with services_for(services) as made:
            return await play(script, made)
    stage = build_stage(script, services)
    session = await Session.begin(stage.services, stage.scope, script.language)
    player = _Player(script, session, stage)
    with _listening_for_faults() as faults:
        await player.run()
    played = Played(
        tuple(session.turns), tuple(player.skipped), player.unanswered(), tuple(faults), tuple(player.broken)
    )
    return await transcript_of(stage, session.conversation_id, played)


@dataclass(slots=True)
class _Player:
    """Goes through a script's lines, and answers what it is asked in between."""

    script: Script
    session: Session
    stage: Stage
    skipped: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    given: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """All lines, in their order."""
        for line in self.script.turns:
            await self._take(line)
            for _ in range(FOLLOW_UPS_MOST):
                if not await self._follow_up():
                    break
            else:
                self.broken.append(f"after {FOLLOW_UPS_MOST} answers the assistant still asked")
                return

    def unanswered(self) -> str | None:
        """The last thing asked, when the script ends without an answer to it."""
        asked = self.session.reply.asks if self.session.reply else None
        return None if asked == "proposal" else asked

    async def _take(self, line: Line) -> None:
        """Say a line, or skip it when nobody asked."""
        if line.waits_to_be_asked and not self._was_asked(line.to):
            self.skipped.append(line.answer or line.say or f"pick {line.pick}")
        elif line.on_proposal:
            await self._tap(line.on_proposal)
        elif line.pick:
            await self._pick(line.pick)
        else:
            await self._say(line.say or line.answer, photos=int(line.photo))

    async def _follow_up(self) -> bool:
        """Tap the proposal that was just made, or answer what was just asked; False when there is nothing to do."""
        reply = self.session.reply
        if reply and self.script.on_proposal != "leave" and _proposal(reply) and not self._tapped(reply):
            await self._tap(self.script.on_proposal)
            return True
        asked = reply.asks if reply else None
        known = self.script.knows.get(asked) if asked else None
        if asked is None or known is None or self.given[asked] >= SAME_ANSWER_MOST:
            return False
        self.given[asked] += 1
        await self._take(known if isinstance(known, Line) else Line(say=known))
        return True

    def _was_asked(self, name: str) -> bool:
        asked = self.session.reply.asks if self.session.reply else None
        if name:
            return asked == name
        return asked in _OPEN_QUESTIONS or asked in self.stage.services.mind.book.catalog.names

    def _tapped(self, reply: Reply) -> bool:
        card = _proposal(reply)
        return card is not None and self.given[card.proposal_id] > 0

    async def _tap(self, tap: Tap) -> None:
        """Tap a button of the proposal on the table."""
        card = _proposal(self.session.reply)
        if card is None or tap == "leave":
            self.skipped.append(f"tap {tap}: no proposal is on the table")
            return
        self.given[card.proposal_id] += 1
        if tap == "take_offer":
            await self._say("", Choice(intent=retention.TAKE))
        else:
            await self._say("", Choice(proposal_id=card.proposal_id, decision=tap))

    async def _pick(self, pick: Pick) -> None:
        """Tap an entry of the order picker."""
        choice = _picked(pick, _offered(self.session.reply))
        if choice is None:
            self.broken.append(f"nothing on the order picker agrees with {pick}")
            return
        await self._say(choice.title, Choice(order_id=choice.order_id, item_id=choice.item_id))

    async def _say(self, text: str, answer: Choice | None = None, photos: int = 0) -> None:
        self.stage.clock.pass_time()
        await self.session.say(text, answer, photos)


def _proposal(reply: Reply | None) -> ProposalCard | None:
    return next((card for card in reply.cards if isinstance(card, ProposalCard)), None) if reply else None


def _offered(reply: Reply | None) -> list[OrderChoice]:
    cards = reply.cards if reply else ()
    return [order for card in cards if isinstance(card, OrderPickerCard) for order in card.orders]


def _picked(pick: Pick, offered: list[OrderChoice]) -> OrderChoice | None:
    """The entry that a script means."""
    fits = [
        one for one in offered
        if pick.title.casefold() in one.title.casefold() and pick.order_id in ("", one.order_id)
    ]
    place = (pick.place or 1) - 1
    return fits[place] if place < len(fits) else None


class _Faults(logging.Handler):
    """Keeps what the assistant logs as an error: it answers the buyer all the same, so nothing else would tell."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line of it, with the exception's last words."""
        error = record.exc_info[1] if record.exc_info else None
        detail = f": {type(error).__name__}: {error}" if error else ""
        extra = {key: getattr(record, key) for key in ("numbers", "step") if hasattr(record, key)}
        self.seen.append(f"{record.getMessage()}{detail}{f' {extra}' if extra else ''}")


@contextmanager
def _listening_for_faults() -> Iterator[list[str]]:
    handler, logger = _Faults(), logging.getLogger("assistant")
    logger.addHandler(handler)
    try:
        yield handler.seen
    finally:
        logger.removeHandler(handler)


__all__ = ["Script", "Session", "load_script", "play"]
