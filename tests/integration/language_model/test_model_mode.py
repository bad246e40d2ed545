"""Whole conversations in model mode, and the settings that switch it on."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.building import services_for
from assistant.language_model import ModelReader, ModelWriter
from assistant.services import Services
from assistant.settings import Settings
from evals.player import play
from evals.script import Line, Script
from evals.transcript import Transcript
from tests.fakes.clock import FixedClock
from tests.integration.language_model.scripted import ScriptedEndpoint, completion, form, in_model_mode

READINGS = {
    "空气炸锅还没发货，我不想要了，退款": form("claim.refund", facts={"claim.reason": "changed_mind"}),
    "耳机买完就降价了，能补差价吗": form("claim.price", facts={"claim.reason": "price_drop"}),
    "虾收到就臭了，要退款": form("claim.refund", facts={"claim.reason": "spoiled"}),
    "定制的手机壳不想要了，想退货": form("claim.return", facts={"claim.reason": "changed_mind"}),
    "七天无理由退货运费谁出": form("ask.policy.freight"),
    "I want to return the coat, it doesn't fit": form("claim.return", facts={"claim.reason": "size"}),
}
"""What a good model reads in what these buyers say."""

KNOWS = {"claim.reason": "不想要了", "item.condition": "没拆封", "claim.has_photo": Line(photo=True)}


def good_model() -> ScriptedEndpoint:
    """Reads what is meant and puts a friendly word before the draft."""
    def reads(message: str) -> str:
        return READINGS.get(message.splitlines()[-1], form())

    def writes(draft: str) -> str:
        return ("好的，" if draft[0] > "\u2e80" else "Sure: ") + draft

    return ScriptedEndpoint(reads, writes)


def outcome(transcript: Transcript) -> object:
    """What a conversation came to: steps, decisions, amounts, what was done. Ids differ from run to run."""
    decisions = [(one["outcome"], one["rule"], one["amount"], one["citations"]) for one in transcript.decisions]
    proposals = [(one["title"], one["amount"], one["state"]) for one in transcript.proposals]
    done = [(row["action"], row["order_id"], row["amount_fen"]) for row in transcript.ledger]
    return transcript.steps, decisions, proposals, done, transcript.owner, transcript.faults


@pytest.mark.parametrize(
    ("buyer", "said"),
    [("emma", said) if said.isascii() else ("xiaolin", said) for said in READINGS],
)
async def test_a_conversation_in_model_mode_ends_as_without_a_model(buyer: str, said: str, embedded: Services) -> None:
    """The same decision, the same amount, the same record: the model changes the words only."""
    script = Script(buyer=buyer, turns=(Line(say=said),), knows=KNOWS, on_proposal="confirm",
                    language="en" if said.isascii() else "zh")
    model = good_model()
    by_model, without = await play(script, in_model_mode(embedded, model)), await play(script, embedded)
    assert outcome(by_model) == outcome(without)
    assert any("response_format" in body for body in model.bodies), "the model did read"


async def test_the_models_words_reach_the_buyer(embedded: Services) -> None:
    """An answer from the policies is worded by the model, with the citations of the draft."""
    script = Script(buyer="xiaolin", turns=(Line(say="七天无理由退货运费谁出"),))
    by_model, without = await play(script, in_model_mode(embedded, good_model())), await play(script, embedded)
    assert by_model.words == (f"好的，{without.words[0]}",)
    assert by_model.cited == without.cited
    assert by_model.readings[0]["reader"] == "language-model"


class Server:
    """A scripted endpoint behind a real socket; `keys` are the Authorization headers that came."""

    def __init__(self) -> None:
        self.keys: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.keys.append(self.headers["Authorization"])
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = completion(form("ask.policy.freight") if "response_format" in body else "").content
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A running endpoint."""
    made = Server()
    yield made
    made.close()


async def test_an_endpoint_without_a_key_is_enough(
    server: Server, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    """OPENAI_BASE_URL alone switches model mode on, as for a server of one's own that wants no key."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    settings = Settings(home=tmp_path, demo=True, burst_ms=0, database_url=sqlite_url)
    async with services_for(settings, clock=clock) as services:
        assert isinstance(services.reader, ModelReader)
        assert isinstance(services.writer, ModelWriter)
        transcript = await play(Script(buyer="xiaolin", turns=(Line(say="退货的运费到底谁出啊"),)), services)
    assert transcript.steps == ("AnswerQuestion",)
    assert server.keys
    assert set(server.keys) == {"Bearer none"}


async def test_a_dead_endpoint_is_no_reason_not_to_answer(sqlite_url: str, tmp_path: Path, clock: FixedClock) -> None:
    """With nobody behind OPENAI_BASE_URL, the conversation goes on as if it were not set."""
    settings = Settings(
        home=tmp_path, demo=True, burst_ms=0, database_url=sqlite_url, openai_base_url="http://127.0.0.1:9/v1"
    )
    async with services_for(settings, clock=clock) as services:
        transcript = await play(Script(buyer="xiaolin", turns=(Line(say="七天无理由退货运费谁出"),)), services)
    assert transcript.steps == ("AnswerQuestion",)
    assert transcript.faults == ()


EMBEDDED_ONLY = """
import asyncio, sys, tempfile
from pathlib import Path
import api.app
from assistant.settings import Settings
from evals.player import play
from evals.script import Line, Script

with tempfile.TemporaryDirectory() as home:
    script = Script(buyer="xiaolin", turns=(Line(say="七天无理由退货运费谁出"),))
    played = asyncio.run(play(script, Settings(home=Path(home), demo=True, burst_ms=0)))
assert played.steps == ("AnswerQuestion",), played.steps
heavy = ("langchain", "openai", "tiktoken", "httpx2")
print(sorted(name for name in sys.modules if name.partition(".")[0].startswith(heavy)))
"""


def test_without_an_endpoint_no_client_is_imported() -> None:
    """The embedded path starts without LangChain and without the OpenAI client: seconds that nobody waits for."""
    ran = subprocess.run([sys.executable, "-c", EMBEDDED_ONLY], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
