"""A case's file at the doors: downloads for each party, and `fairdesk record` on the command line."""

import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from api.cli import main
from assistant.building import services_for
from assistant.clock import utc_now
from tests.fakes.platform import FakePlatform
from tests.integration.api.laying import lay_proposal
from tests.integration.api.serving import Caller, Json, Server, error_of, serving, until

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, shop: FakePlatform) -> Iterator[Server]:
    """A server that seals every five seconds, in a home that the command line can use too."""
    make = partial(services_for, platform=lambda _database, _clock: shop)
    with serving(tmp_path_factory.mktemp("sealed"), make, seal_seconds=5) as running:
        yield running


@pytest.fixture(scope="module")
def receipt(sealed: Server) -> Json:
    """The receipt of a case of Xiaolin's with a shop."""
    owner = sealed.buyer("xiaolin")
    proposal = lay_proposal(sealed, owner, owner.opened())
    return dict(owner.post(f"/v1/proposals/{proposal}/confirm").json()["receipt"])


def downloaded(caller: Caller, path: str) -> dict[str, bytes]:
    """The files of a downloaded ZIP."""
    found = caller.get(path)
    assert (found.status_code, found.headers["content-type"]) == (200, "application/zip"), found.text
    with zipfile.ZipFile(io.BytesIO(found.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_each_party_downloads_its_own_copy(sealed: Server, receipt: Json) -> None:
    """Buyer, merchant and staff each get their copy by the case's number, in the language asked for."""
    number = receipt["case_number"]
    boss = Caller(sealed.http, sealed.keys.mint_merchant("s-orchid", "boss", utc_now())[0])
    for caller, path, words in (
        (sealed.buyer("xiaolin"), f"/v1/cases/{number}/record", "买家副本"),
        (boss, f"/v1/merchant/cases/{number}/record", "商家副本"),
        (sealed.staff(), f"/v1/desk/cases/{number}/record?lang=en", "full copy"),
    ):
        assert words in downloaded(caller, path)["case.html"].decode()


def test_a_file_is_for_those_whose_case_it_is(sealed: Server, receipt: Json) -> None:
    """Other buyers, other shops, and tokens for another door get nothing."""
    case = receipt["case_id"]
    stranger = sealed.buyer("dawei")
    boss = Caller(sealed.http, sealed.keys.mint_merchant("s-lotus", "boss", utc_now())[0])
    for caller, path, status in (
        (stranger, f"/v1/cases/{case}/record", 404), (boss, f"/v1/merchant/cases/{case}/record", 404),
        (stranger, f"/v1/desk/cases/{case}/record", 401), (boss, f"/v1/cases/{case}/record", 401),
        (sealed.nobody(), f"/v1/cases/{case}/record", 401),
    ):
        refused = caller.get(path)
        assert refused.status_code == status
        error_of(refused)


def test_the_service_seals_by_itself(sealed: Server, receipt: Json) -> None:
    """Nobody has to ask: within the interval a head covers what happened."""
    heads = sealed.settings.home / "heads"
    until(lambda: receipt["case_id"] in "".join(path.read_text("utf-8") for path in heads.rglob("*.jsonl")), "a head")


@pytest.fixture
def fairdesk(sealed: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `fairdesk record …` on the server's home; gives the exit code and what was printed."""
    monkeypatch.setenv("FAIRDESK_HOME", str(sealed.settings.home))

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["fairdesk", "record", *arguments])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def test_export_and_verify_from_the_command_line(fairdesk: Run, receipt: Json, tmp_path: Path) -> None:
    """A case is exported and verified by its key; a file that was changed, and another key, end with exit code 1."""
    file = tmp_path / "case.zip"
    assert fairdesk("export", receipt["case_number"], "--out", str(file))[0] == 0
    key = fairdesk("key")[1].strip()
    assert fairdesk("verify", str(file), "--key", key) == (0, "intact\n")
    assert fairdesk("verify", str(file), "--key", "ab" * 32)[0] == 1
    data = bytearray(file.read_bytes())
    data[data.index(b"case.html") + 200] ^= 1
    file.write_bytes(data)
    code, told = fairdesk("verify", str(file), "--key", key)
    assert (code, "cannot be read" in told) == (1, True)
    assert fairdesk("verify", str(tmp_path / "none.zip"))[0] == 2
    assert fairdesk("export", "AS-1", "--out", str(file))[0] == 2


def test_verify_the_database_from_the_command_line(fairdesk: Run, receipt: Json, tmp_path: Path) -> None:
    """The database is compared with the heads, also with a copy of them; without any there is nothing to compare."""
    assert fairdesk("seal")[0] == 0
    code, told = fairdesk("verify")
    assert (code, "intact: " in told, "the key was not compared" in told) == (0, True, True)
    code, told = fairdesk("verify", "--heads", str(tmp_path / "nowhere"))
    assert (code, "there are no heads" in told) == (2, True)
