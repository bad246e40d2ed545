"""What happens at Fairdesk reaches the platform by webhook: signed, until it is taken, or shown as given up."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from assistant.clock import Clock
from assistant.commerce.http.breaker import Breaker
from assistant.commerce.http.calls import Calls, Limits, client
from assistant.services import Services
from assistant.signing import is_genuine, signed
from assistant.store import webhooks
from assistant.store.webhooks import MOST_ATTEMPTS
from assistant.webhooks.outgoing import Messenger
from knowledge.errors import NotFound
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import BUYER, column, log_of, opened, proposed, put_on_table

SECRET = "w" * 40
URL = httpx.URL("https://platform.example/webhooks")


@dataclass
class Receiver(httpx.AsyncBaseTransport):
    """Takes webhooks whose signature fits; `moods` are the statuses (or faults) of the next answers."""

    clock: Clock
    moods: list[int | Exception] = field(default_factory=list)
    taken: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        mood = self.moods.pop(0) if self.moods else 204
        if isinstance(mood, Exception):
            raise mood
        if not is_genuine(SECRET, signed(request.headers), request.content, self.clock()):
            return httpx.Response(401, stream=httpx.ByteStream(b""))
        if mood < 300:
            self.taken.append(request)
        return httpx.Response(mood, stream=httpx.ByteStream(b""))

    def told(self) -> list[dict[str, object]]:
        """The bodies of what was taken."""
        return [json.loads(request.content) for request in self.taken]


@pytest.fixture
def receiver(clock: FixedClock) -> Receiver:
    """The platform's end."""
    return Receiver(clock)


@pytest.fixture
async def messenger(services: Services, receiver: Receiver, clock: FixedClock) -> AsyncIterator[Messenger]:
    """Who takes webhooks there."""
    async with services.database.write() as tx:
        await webhooks.tell_platform(tx, "demo", clock(), wanted=True)
    limits = Limits(seconds=1)
    async with client(private=False, limits=limits, transport=receiver) as http:
        calls = Calls(http, limits, Breaker(failures=100))
        yield Messenger(services.database, "demo", URL, SecretStr(SECRET), calls, clock)


async def confirmed(services: Services) -> str:
    """A conversation in which the buyer confirmed a refund."""
    conversation = await opened(services.database)
    proposal = await put_on_table(services.gateway, proposed(conversation.id))
    await services.gateway.confirm(BUYER, proposal.id)
    return conversation.id


async def test_a_confirmed_refund_is_told(services: Services, messenger: Messenger, receiver: Receiver) -> None:
    """The case that was opened, its receipt and its end reach the platform, in order, each once."""
    conversation_id = await confirmed(services)
    assert await messenger.send_due() == 3
    assert await messenger.send_due() == 0
    told = sorted(receiver.told(), key=lambda one: int(str(one["seq"])))
    assert [one["kind"] for one in told] == ["receipt.issued", "case.opened", "case.changed"]
    assert {one["buyer_id"] for one in told} == {"xiaolin"}
    log = {event.seq: event for event in await log_of(services.database, conversation_id)}
    assert [log[int(str(one["seq"]))].at.isoformat() for one in told] == [one["at"] for one in told]


async def test_a_handover_is_told(
    services: Services, platform: FakePlatform, messenger: Messenger, receiver: Receiver
) -> None:
    """When the platform's own no brings in a person, that is told too, without the buyer's words."""
    platform.faults.append("refuses")
    await confirmed(services)
    await messenger.send_due()
    assert "conversation.handed_over" in [one["kind"] for one in receiver.told()]


async def test_nothing_is_written_for_who_does_not_want_it(services: Services, clock: FixedClock) -> None:
    """Without a receiver no webhooks pile up, and none are written any more once it is gone."""
    first = await confirmed(services)
    async with services.database.write() as tx:
        await webhooks.tell_platform(tx, "demo", clock(), wanted=True)
        await webhooks.tell_platform(tx, "demo", clock(), wanted=True)
        await webhooks.tell_platform(tx, "demo", clock(), wanted=False)
    second = await confirmed(services)
    for conversation_id in (first, second):
        assert await column(services.database, "webhooks", "id", "id", f"{conversation_id}-3") == []


@pytest.mark.parametrize("mood", [500, 404, 301, 401, httpx.ReadTimeout("slow"), httpx.ConnectError("away")], ids=repr)
async def test_what_was_not_taken_is_sent_again(
    services: Services, messenger: Messenger, receiver: Receiver, clock: FixedClock, mood: int | Exception
) -> None:
    """Whatever goes wrong, each webhook arrives in the end, under the same id, and later each time."""
    await confirmed(services)
    receiver.moods = [mood] * 7
    tries = 0
    while len(receiver.taken) < 3:
        await messenger.send_due()
        clock.advance(seconds=2**tries)
        tries += 1
        assert tries < 10
    assert len({request.headers["webhook-id"] for request in receiver.taken}) == 3
    assert receiver.moods == []


async def test_what_is_given_up_is_shown_and_can_be_sent_afresh(
    services: Services, messenger: Messenger, receiver: Receiver, clock: FixedClock
) -> None:
    """After the last attempt a webhook is dead, with the reason, until somebody revives it."""
    await confirmed(services)
    receiver.moods = [500] * (3 * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS + 1):
        await messenger.send_due()
        clock.advance(hours=2)
    assert receiver.moods == []
    async with services.database.write() as tx:
        given_up = await webhooks.dead(tx, "demo")
        assert len(given_up) == 3
        assert given_up[0].error == "the platform answers 500"
        await webhooks.revive(tx, "demo", given_up[0].id, clock())
        with pytest.raises(NotFound):
            await webhooks.revive(tx, "demo", "nothing", clock())
        with pytest.raises(NotFound):
            await webhooks.revive(tx, "elsewhere", given_up[1].id, clock())
    assert await messenger.send_due() == 1


async def test_a_receiver_that_rests_costs_no_attempts(
    services: Services, receiver: Receiver, clock: FixedClock, messenger: Messenger
) -> None:
    """While the breaker is open nothing is sent and nothing counted; afterwards all arrive."""
    await confirmed(services)
    messenger.calls.breaker = Breaker(failures=1, rest_seconds=3600)
    receiver.moods = [500]
    assert await messenger.send_due() == 0
    attempts = await column(services.database, "webhooks", "attempts", "tenant", "demo")
    assert sorted(map(str, attempts)) == ["0", "0", "1"]
    messenger.calls.breaker = Breaker()
    clock.advance(minutes=1)
    assert await messenger.send_due() == 3
