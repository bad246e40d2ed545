"""Listening: every event comes once and in order, whatever is cut; passing things come between."""

import random
import threading
from collections.abc import Callable, Iterator
from itertools import islice

import httpx
import pytest

from tests.integration.api.serving import Caller, Frame, Server, error_of, frames_of, until

LONGEST_LOOK = 4000
"""Bytes after which a connection is cut at the latest."""


def _stream(conversation: str, after: int | None = None) -> str:
    return f"/v1/conversations/{conversation}/stream" + ("" if after is None else f"?after={after}")


def _spoken(buyer: Caller, conversation: str, count: int) -> None:
    """Asks for a person (event 1 is internal), and says `count` things that nobody answers: a log that stands still."""
    assert buyer.post(f"/v1/conversations/{conversation}/person").status_code == 200
    for number in range(count):
        assert buyer.say(conversation, f"第 {number} 句").status_code == 202


def _numbers(frames: list[Frame]) -> list[int]:
    return [frame.id for frame in frames if frame.id is not None]


def test_a_stream_begins_with_the_state_and_then_the_log(buyer: Caller, conversation: str) -> None:
    """First how things stand, then every event from the first one on, numbered as in the log."""
    buyer.answered(conversation, "你好")
    logged = buyer.events(conversation)
    with buyer.frames(_stream(conversation)) as frames:
        state, *events = islice(frames, 1 + len(logged))
    assert (state.event, state.id, state.data["id"]) == ("state", None, conversation)
    assert [event.data for event in events] == logged
    assert _numbers(events) == [event["seq"] for event in logged]
    assert {event.event for event in events} == {"event"}


@pytest.mark.parametrize(
    ("after", "last_id", "first"),
    [(None, None, 2), (3, None, 4), (None, "3", 4), (2, "3", 4), (3, "nonsense", 4), (3, "-1", 4), (2, "\xb2", 3)],
)
def test_a_stream_resumes(buyer: Caller, conversation: str, after: int | None, last_id: str | None, first: int) -> None:
    """It goes on after `Last-Event-ID`, else after `after`; a header that is no number is passed over."""
    _spoken(buyer, conversation, 5)
    headers = [(name.encode(), value.encode()) for name, value in buyer.headers.items()]
    headers += [(b"Last-Event-ID", last_id.encode("latin-1"))] if last_id else []
    with buyer.http.stream("GET", _stream(conversation, after), headers=headers) as response:
        frames = frames_of(response.iter_lines())
        found = next(frame.id for frame in frames if frame.id is not None)
    assert found == first


def test_a_reply_comes_while_one_listens(buyer: Caller, conversation: str) -> None:
    """A message sent while the stream is open, the assistant's typing and its reply all come by themselves."""
    with buyer.frames(_stream(conversation)) as frames:
        assert next(frames).event == "state"
        buyer.say(conversation, "你好")
        seen: list[Frame] = []
        for frame in frames:
            seen.append(frame)
            if frame.data.get("kind") == "assistant_reply":
                break
    assert [f.data["kind"] for f in seen if f.event == "event"] == ["buyer_message", "assistant_reply"]
    assert [f.data for f in seen if f.event == "typing"] == [{"by": "assistant"}]


def test_each_side_sees_the_other_one_typing(buyer: Caller, lin: Caller, conversation: str) -> None:
    """Typing goes to the other side, with the person's name, and is never part of the log."""
    buyer.answered(conversation, "你好")
    desk = f"/v1/desk/conversations/{conversation}"
    last = buyer.events(conversation)[-1]["seq"]
    to_desk_path = f"{desk}/stream?after={last + 9}"     # behind all that is internal, so that only new things come
    with buyer.frames(_stream(conversation, last)) as to_buyer, lin.frames(to_desk_path) as to_desk:
        assert [next(to_buyer).event, next(to_desk).event] == ["state", "state"]
        assert buyer.post(f"/v1/conversations/{conversation}/typing").status_code == 204
        assert lin.post(f"{desk}/typing").status_code == 204
        assert (heard := next(to_buyer)).event == "typing"
        assert heard.data == {"by": "agent", "name": "lin"}
        assert next(to_desk).data == {"by": "buyer"}
    assert len(buyer.events(conversation)) == 2


def test_a_change_of_owner_brings_the_state_anew(buyer: Caller, lin: Caller, conversation: str) -> None:
    """When a person takes over, the buyer's stream tells their name."""
    with buyer.frames(_stream(conversation)) as frames:
        assert next(frames).data["owner"] == "assistant"
        lin.post(f"/v1/desk/conversations/{conversation}/take")
        states = (frame.data for frame in frames if frame.event == "state")
        taken = next(states)
    assert (taken["owner"], taken["agent"]["name"]) == ("human", "lin")


def _some_frames(response: httpx.Response, budget: int) -> Iterator[Frame]:
    """The whole frames within the first `budget` bytes."""
    read = b""
    for chunk in response.iter_raw():
        read += chunk
        if len(read) >= budget:
            break
    whole = read[:budget].rpartition(b"\n\n")[0] + b"\n\n"
    return frames_of(iter(whole.decode().split("\n")))


def test_cut_streams_lose_and_repeat_nothing(
    request: pytest.FixtureRequest, server: Server, record_property: Callable[[str, object], None]
) -> None:
    """However often and wherever the stream is cut while a person writes, every event arrives once, in order."""
    cuts, chance = int(request.config.getoption("--cuts", 100)) // 2, random.Random(20261121)
    buyer, lin = server.buyer(), server.staff("zhou")
    conversation = buyer.opened()
    lin.post(f"/v1/desk/conversations/{conversation}/take")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            body = {"client_id": f"n{number}", "text": f"第 {number} 句，" + "说明" * chance.randrange(40)}
            assert lin.post(f"/v1/desk/conversations/{conversation}/messages", body).status_code == 202

    writing = threading.Thread(target=write)
    writing.start()
    seen: list[int] = []
    try:
        for _ in range(cuts):
            headers = buyer.headers | ({"Last-Event-ID": str(seen[-1])} if seen else {})
            with buyer.http.stream("GET", _stream(conversation), headers=headers) as response:
                seen += _numbers(list(_some_frames(response, chance.randrange(300, LONGEST_LOOK))))
    finally:
        stop.set()
        writing.join()
    last = buyer.events(conversation, seen[-1])
    assert seen + [event["seq"] for event in last] == list(range(1, seen[-1] + len(last) + 1))
    assert len(seen) > cuts // 2
    record_property("cuts", cuts)
    print(f"{cuts} cuts, 0 of {len(seen)} events lost or repeated (95 % bound {3 / cuts:.3f} a cut)")


def test_the_desk_hears_of_every_conversation(buyer: Caller, lin: Caller, conversation: str) -> None:
    """The desk's stream brings the row of a conversation that changed."""
    rows: list[Frame] = []
    ready = threading.Event()

    def listen() -> None:
        with lin.frames("/v1/desk/stream") as frames:
            ready.set()
            rows.extend(islice((f for f in frames if f.data.get("id") == conversation), 1))

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    assert ready.wait(10)
    until(lambda: buyer.say(conversation, "有人吗").status_code == 202 and bool(rows), "the row")
    listening.join(5)
    assert rows[0].event == "row"
    assert rows[0].data["last_text"] == "有人吗"


def test_a_stream_of_nothing_is_refused_before_it_begins(buyer: Caller) -> None:
    """A conversation that is not there is a plain 404, not an open stream."""
    refused = buyer.get(_stream("a" * 32))
    assert (refused.status_code, error_of(refused)) == (404, "not_found")
