"""An upgrade keeps what earlier versions stored: their cases go on by the machine of today."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from assistant.cases.handling import Handling
from assistant.clock import new_id
from assistant.store import cases
from assistant.store.case_events import record_of
from assistant.store.database import Database
from assistant.store.migrations import config
from assistant.tools.gateway import Gateway
from tests.conftest import ON_BOTH, Postgres
from tests.fakes.clock import NOW, FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import AGENT

OLD = [
    ("return_and_refund", "waiting_goods", "waiting_goods"), ("exchange", "waiting_goods", "waiting_goods"),
    ("repair", "waiting_goods", "waiting_goods"), ("complaint", "in_progress", "filed"), ("refund", "done", "done"),
    ("refund", "in_progress", "in_progress"), ("invoice", "in_progress", "in_progress"),
    ("return_and_refund", "withdrawn", "withdrawn"),
]
"""Kind and state of a case as the first version knew them, and the state it has now."""


@pytest.fixture(params=ON_BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.created()


def fill(connection: Connection) -> None:
    """The first version's schema with a conversation and cases, as that version wrote them."""
    command.upgrade(config(connection), "0001")
    connection.execute(text(
        "INSERT INTO conversations (id, tenant, buyer_id, owner, language, last_seq, handled_seq, unhandled_seq, state,"
        " created_at, updated_at) VALUES ('c1', 'demo', 'xiaolin', 'assistant', 'zh', 0, 0, 0, '{}', :at, :at)"
    ), {"at": NOW.isoformat()})
    for n, (kind, state, _) in enumerate(OLD):
        connection.execute(text(
            "INSERT INTO cases (id, tenant, number, buyer_id, conversation_id, proposal_id, data, created_at)"
            " VALUES (:id, 'demo', :number, 'xiaolin', 'c1', :id, :data, :at)"
        ), {"id": f"k{n}", "number": f"AS-{n}", "at": NOW.isoformat(), "data": json.dumps(_as_written(n, kind, state))})


def _as_written(n: int, kind: str, state: str) -> dict[str, object]:
    due = None if state in ("done", "withdrawn") else (NOW + timedelta(days=7)).isoformat()
    steps = [
        {"name": "accepted", "label": {"zh": "已受理", "en": "Accepted"}, "at": NOW.isoformat(), "due": None},
        {"name": "ship_back", "label": {"zh": "最晚寄出", "en": "Send back by"}, "at": None, "due": due},
    ]
    return {
        "id": f"k{n}", "number": f"AS-{n}", "tenant": "demo", "buyer_id": "xiaolin", "order_id": "O-1", "kind": kind,
        "state": state, "title": {"zh": "售后", "en": "After-sales"}, "steps": steps, "created_at": NOW.isoformat(),
        "item_id": "O-1-1", "shop_id": "s-orchid", "amount_fen": 12900, "currency": "CNY", "grade": None,
    }


async def test_cases_of_the_first_version_go_on(empty_url: str) -> None:
    """Each keeps its steps and dates, has a state of today, a record and, unless closed, a clock that acts."""
    database, clock = Database(empty_url), FixedClock()
    async with database.write() as tx:
        await tx.run_sync(fill)
    await database.upgrade()
    async with database.read() as tx:
        found = [(await cases.find(tx, AGENT, f"k{n}")).case for n in range(len(OLD))]
        records = [await record_of(tx, "demo", case.id) for case in found]
    assert [case.state for case in found] == [state for *_, state in OLD]
    assert all((case.due is None) == case.closed for case in found)
    assert [[one.event.kind for one in record] for record in records] == [["opened"]] * len(OLD)
    assert {case.shop_id for case in found} == {"s-orchid"}
    clock.advance(days=8)
    gateway = Gateway(database, FakePlatform(), clock, new_id, lambda _c, _e: None)
    assert await Handling(gateway).ring_due() == sum(not case.closed for case in found)
    async with database.read() as tx:
        after = [(await cases.find(tx, AGENT, case.id)).case.state for case in found]
    assert after == ["lapsed", "lapsed", "lapsed", "escalated", "done", "with_staff", "with_staff", "withdrawn"]
    await database.close()
