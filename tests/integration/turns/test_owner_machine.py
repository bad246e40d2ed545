"""Whatever buyers and people at the desk do, in any order: the assistant speaks only while it owns the conversation."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from assistant import desk, turn
from assistant.books import Books
from assistant.bus import Bus
from assistant.clock import new_id
from assistant.conversation import BuyerMessage, Event, OwnerChanged, StaffMessage
from assistant.desk import Staff
from assistant.replies.reply import Choice
from assistant.replies.writer import EmbeddedWriter
from assistant.services import Services
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from knowledge.errors import Conflict
from knowledge.service import Knowledge
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.reader import FakeReader
from tests.fakes.scenes import AGENT, BUYER, head_of, log_of, opened

PEOPLE = (Staff("u-lin", "林", "agent"), Staff("u-wang", "王", "agent"))
people = st.sampled_from(PEOPLE)


class OwnerMachine(RuleBasedStateMachine):
    """One conversation. The model knows the owner and the person who holds it; the program must agree."""

    make_services: Callable[[Database, FixedClock], Services]
    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.clock = asyncio.Runner(), FixedClock()
        self.folder = Path(tempfile.mkdtemp(prefix="fairdesk-"))
        self.database = Database(f"sqlite:///{shutil.copy(self.empty, self.folder / 'fairdesk.db')}")
        self.services = type(self).make_services(self.database, self.clock)
        self.owner, self.holder, self.said = "assistant", None, 0

    def do(self, work: Coroutine[Any, Any, Any], *, fails: bool = False) -> None:
        """Run it; when the model says that it can't be done, it must be a Conflict."""
        if not fails:
            self.runner.run(work)
            return
        with pytest.raises(Conflict):
            self.runner.run(work)

    @initialize()
    def open(self) -> None:
        """A new conversation."""
        self.room = self.runner.run(opened(self.database)).id

    async def send(self, text: str, answer: Choice | None) -> None:
        """The buyer's message, answered when a turn is due."""
        _, due = await turn.receive(self.services, BUYER, self.room, BuyerMessage(new_id(), text, answer=answer))
        if due:
            await turn.answer(self.services, BUYER, self.room)

    @rule(text=st.sampled_from(["你好", "hello", "转人工", "不要了"]))
    def buyer_says(self, text: str) -> None:
        """A word from the buyer: opens what was closed, and is answered only while the assistant owns it."""
        if self.owner == "closed":
            self.owner = "assistant"
        if self.owner == "assistant":
            self.said += 1
            self.owner = "queued" if text == "转人工" else "assistant"
        self.do(self.send(text, None))

    @rule()
    def buyer_calls_the_assistant_back(self) -> None:
        """"Go on with the assistant" ends the waiting; elsewhere it is a word like any other."""
        if self.owner in ("queued", "closed"):
            self.owner = "assistant"
        self.said += self.owner == "assistant"
        self.do(self.send("继续和助手聊", Choice(intent="act.cancel")))

    @rule()
    def buyer_asks_for_a_person(self) -> None:
        """The button: queued at once, unless a person is there or on the way."""
        self.owner = self.owner if self.owner in ("queued", "human") else "queued"
        self.do(desk.ask_for_person(self.services, BUYER, self.room))

    @rule(person=people)
    def take(self, person: Staff) -> None:
        """A person takes over, unless it is closed or somebody else has it."""
        fails = self.owner == "closed" or (self.owner == "human" and self.holder != person)
        self.do(desk.take(self.services, AGENT, self.room, person), fails=fails)
        if not fails:
            self.owner, self.holder = "human", person

    @rule(person=people)
    def hand_back(self, person: Staff) -> None:
        """The person who holds it gives it back."""
        fails = self.owner != "human" or self.holder != person
        self.do(desk.hand_back(self.services, AGENT, self.room, person), fails=fails)
        if not fails:
            self.owner, self.holder = "assistant", None

    @rule(person=people)
    def close(self, person: Staff) -> None:
        """Closed by the person who holds it, or by anyone when nobody does."""
        fails = self.owner == "closed" or (self.owner == "human" and self.holder != person)
        self.do(desk.close(self.services, AGENT, self.room, person), fails=fails)
        if not fails:
            self.owner, self.holder = "closed", None

    @rule(person=people)
    def person_says(self, person: Staff) -> None:
        """Only the person who holds it speaks."""
        fails = self.owner != "human" or self.holder != person
        words = StaffMessage(new_id(), "您好", person.name)
        self.do(desk.say(self.services, AGENT, self.room, person, words), fails=fails)

    @invariant()
    def the_program_agrees(self) -> None:
        """Owner, holder, and the number of replies are what the model says; nobody is left waiting for a turn."""
        head = self.runner.run(head_of(self.database, self.room))
        assert head.owner == self.owner
        assert (head.agent.id if head.agent else None) == (self.holder.id if self.holder else None)
        assert (head.queued_at is not None) == (head.owner == "queued") or head.owner == "human"
        log = self.runner.run(log_of(self.database, self.room))
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        assert sum(event.payload.kind == "assistant_reply" for event in log) == self.said
        assert spoken_over(log) == []

    def teardown(self) -> None:
        """Close the database and forget it."""
        self.runner.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)


def spoken_over(log: list[Event]) -> list[Event]:
    """Replies of the assistant at moments when, by the log, it did not own the conversation."""
    owner, wrong = "assistant", []
    for event in log:
        if isinstance(event.payload, OwnerChanged):
            assert event.payload.from_ == owner
            owner = event.payload.to
        elif event.payload.kind == "assistant_reply" and owner != "assistant":
            wrong.append(event)
    return wrong


def test_nobody_is_ever_talked_over(migrated_file: Path, books: Books, knowledge: Knowledge) -> None:
    """In any order of messages, takings, handings back, recalls and closings the assistant speaks only when it may."""

    def made(database: Database, clock: FixedClock) -> Services:
        bus, platform = Bus(), FakePlatform()
        gateway = Gateway(database, platform, clock, new_id, bus.publish)
        return Services(
            "demo", database, platform, gateway, books, knowledge, FakeReader(), EmbeddedWriter(), bus, clock, new_id, 0
        )

    OwnerMachine.make_services, OwnerMachine.empty = staticmethod(made), migrated_file
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        OwnerMachine,
        settings=settings(max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=checks),
    )
