"""Heads and keys on the disk: private keys stay private, rotation can be followed, crashes and clocks break nothing."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.record import heads as module
from assistant.record.heads import Heads, Sealed
from assistant.record.verify_record import head_faults, trusted
from knowledge.errors import BadInput
from tests.fakes.clock import NOW
from tests.unit.record.honest import heads_in

ONE, TWO = Sealed("a" * 32, 3, "1" * 64), Sealed("b" * 32, 1, "2" * 64)


@pytest.fixture
def heads(tmp_path: Path) -> Heads:
    """Heads in an empty folder."""
    return heads_in(tmp_path)


def faults(heads: Heads, pinned: str = "") -> list[str]:
    """What is wrong with all heads of a folder."""
    return list(head_faults(heads.all(), trusted(heads.keys.listed(), pinned)))


def test_the_private_key_is_its_owners(heads: Heads) -> None:
    """The key is made at the first start, readable by nobody else, and is the same at the next start."""
    signer = heads.keys.signer(NOW)
    assert heads.keys.private.stat().st_mode & 0o777 == 0o600
    assert heads.keys.signer(NOW).public == signer.public == heads.keys.listed()[0]["key"]
    assert signer.public not in heads.keys.private.read_text("ascii")


def test_a_key_that_others_can_read_is_refused(heads: Heads) -> None:
    """Nothing is signed with a key whose file is open to others; the message says what to do."""
    heads.keys.signer(NOW)
    os.chmod(heads.keys.private, 0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        heads.seal([ONE], NOW)


def test_a_lost_key_is_not_quietly_replaced(heads: Heads) -> None:
    """Where heads were signed before, a missing, broken or strange key is an error and no new key is made."""
    heads.seal([ONE], NOW)
    pem = heads.keys.private.read_bytes()
    heads.keys.private.unlink()
    with pytest.raises(BadInput, match="missing"):
        heads.seal([TWO], NOW)
    for content in (b"", b"-----BEGIN PRIVATE KEY-----\n", pem[:40]):
        heads.keys.private.write_bytes(content)
        heads.keys.private.chmod(0o600)
        with pytest.raises(BadInput, match="not a private key"):
            heads.seal([TWO], NOW)
    other = heads_in(heads.folder / "elsewhere")
    other.keys.signer(NOW)
    heads.keys.private.write_bytes(other.keys.private.read_bytes())
    with pytest.raises(BadInput, match="not the key that was in use"):
        heads.seal([TWO], NOW)


def test_rotation_can_be_followed(heads: Heads) -> None:
    """Who knows the first key trusts heads of the next ones, each signed by the key before; the old key is gone."""
    heads.seal([ONE], NOW)
    first, old = heads.keys.signer(NOW).public, heads.keys.private.read_bytes()
    for hour in (1, 2):
        heads.keys.rotate(NOW + timedelta(hours=hour))
    heads.seal([TWO], NOW + timedelta(hours=3))
    assert faults(heads, first) == []
    assert len({head["by"] for head in heads.all()}) == 2
    assert old not in {path.read_bytes() for path in heads.keys.private.parent.iterdir() if path.is_file()}


def test_after_a_theft_readers_need_the_new_key(heads: Heads) -> None:
    """A key that takes over without the old one's signature is trusted only by who was given it."""
    heads.seal([ONE], NOW)
    first, second = heads.keys.signer(NOW).public, heads.keys.rotate(NOW, lost=True).public
    heads.seal([TWO], NOW)
    assert faults(heads, first) == ["head 2 is not signed with the platform's key"]
    assert faults(heads, second) == ["head 1 is not signed with the platform's key"]


def test_only_what_is_new_is_signed(heads: Heads) -> None:
    """A case is named again when it has more entries, and a head without any case is not written."""
    assert len(heads.seal([ONE, TWO], NOW)) == 1
    assert heads.seal([ONE, TWO], NOW) == []
    assert heads.seal([ONE._replace(entries=4, hash="3" * 64), TWO], NOW)[0]["count"] == 1
    assert faults(heads) == []


def test_many_cases_make_several_heads(heads: Heads, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head names a limited number of cases, so that no export grows with the platform."""
    monkeypatch.setattr(module, "MOST_CASES", 4)
    made = heads.seal([Sealed(f"{n:032x}", 1, "1" * 64) for n in range(10)], NOW)
    assert [head["count"] for head in made] == [4, 4, 2]
    assert faults(heads) == []


def test_a_clock_set_back_reorders_nothing(heads: Heads) -> None:
    """Heads stay in their order when the clock goes back days, and look-ups by date find the newest."""
    heads.seal([ONE], NOW)
    heads.seal([TWO], NOW - timedelta(days=3))
    assert [head["number"] for head in heads.all()] == [1, 2]
    assert faults(heads) == []


@pytest.mark.parametrize("kept", [0, 1, 200])
def test_a_head_cut_short_by_a_crash_is_written_anew(heads: Heads, kept: int) -> None:
    """A line that a crash left half written is no head; the next seal takes its place, and all is in order."""
    heads.seal([ONE], NOW)
    file = next(heads.folder.glob("*.jsonl"))
    whole = file.read_bytes()
    heads.seal([TWO], NOW)
    file.write_bytes(whole + file.read_bytes()[len(whole) :][:kept])
    assert [head["number"] for head in heads.all()] == [1]
    heads.seal([TWO], NOW)
    assert [head["number"] for head in heads.all()] == [1, 2]
    assert faults(heads) == []


def test_a_cases_heads_tell_nothing_of_other_cases(heads: Heads) -> None:
    """The heads of one case, as an export has them, name no other, and still prove what they say."""
    heads.seal([ONE, TWO], NOW)
    heads.seal([TWO._replace(entries=2)], NOW)
    chosen = heads.of_case(ONE.case, NOW)
    assert [head["number"] for head in chosen] == [1]
    assert TWO.case not in str(chosen)
    assert list(head_faults(chosen, trusted(heads.keys.listed()), chosen=True)) == []
