"""Copies of a record: each party sees what is its business, and every copy has the same chain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases import chain
from assistant.cases.events import CaseEvent
from assistant.record.copies import Audience, entry_line, name_of, shown_to
from assistant.record.verify_record import lines, record_faults
from assistant.store.case_events import Recorded
from tests.fakes.clock import NOW

SALT = "0123456789abcdef" * 2
ACTORS = ("buyer:xiaolin", "merchant:boss", "staff:lin", "juror:meimei", "platform:gateway", "clock")


def event(actor: str, kind: str = "give_evidence", **said: object) -> CaseEvent:
    """An entry that somebody made."""
    return chain.salted(CaseEvent("demo", "c", 1, NOW, actor, kind, {"said": said, "to": "evidence"}), SALT)  # type: ignore[dict-item]  # said is JSON


@pytest.mark.parametrize(("audience", "named"), [
    ("buyer", {"buyer:xiaolin", "platform:gateway", "clock", "merchant", "staff", "juror"}),
    ("merchant", {"merchant:boss", "platform:gateway", "clock", "buyer", "staff", "juror"}),
    ("staff", set(ACTORS)),
])
def test_who_is_named(audience: Audience, named: set[str]) -> None:
    """A buyer's copy names the buyer, a merchant's the shop's people, that of staff everybody, jurors included."""
    assert {shown_to(audience, event(actor)).actor for actor in ACTORS} == named


@pytest.mark.parametrize("audience", ["buyer", "merchant"])
def test_ballots_and_panels_stay_secret(audience: Audience) -> None:
    """Neither side learns whom a juror voted for, nor who sits on the panel."""
    assert shown_to(audience, event("juror:meimei", "vote", side="buyer")).data["said"] == {}
    assert shown_to(audience, event("staff:lin", "to_jury", panel=["meimei"])).data["said"] == {}


def test_the_salt_of_a_masked_entry_is_not_given_away() -> None:
    """Without the salt nobody can try out which buyer fits the hash of what was left out."""
    line = entry_line("merchant", Recorded(event("buyer:xiaolin"), chain.link("", event("buyer:xiaolin")), ""))
    assert SALT not in str(line)
    assert "xiaolin" not in str(line)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
)


@given(
    said=st.dictionaries(st.sampled_from(["text", "reason", "panel", "buyer_id", "n"]) | st.text(), _json, max_size=4),
    actor=st.sampled_from(ACTORS), audience=st.sampled_from(["buyer", "merchant", "staff"]),
)
def test_every_copy_has_the_same_chain(said: dict[str, object], actor: str, audience: Audience) -> None:
    """Whatever was said by whomever, a copy's line is written and chained as the independent verifier wants it."""
    one = event(actor, "give_evidence", **said)
    recorded = Recorded(one, chain.link("", one), "")
    line = entry_line(audience, recorded)
    assert line["hash"] == recorded.hash
    assert list(record_faults(lines(chain.line(line)), [])) == []


def test_the_hash_of_an_entry_never_changes() -> None:
    """The formula is fixed for good: records that were sealed years ago must still fit."""
    known = "ffe6585049b9f8612fd598fc0b37157663d3cb143278274f8cfb2ffa5501b36d"
    assert chain.link("", event("buyer:xiaolin", text="裂了")) == known


NAMES = [("林晓琳", "林**"), ("王五", "王*"), ("Jo", "J*"), ("", ""), ("王", "王*")]


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_names_are_masked(name: str, shown: str) -> None:
    """A name stands on papers by its first character."""
    assert name_of(name) == shown
