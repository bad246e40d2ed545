"""Signatures hold: what was changed, is stale or signed by another is not genuine."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from assistant.signing import WINDOW, is_genuine, request_signature, signed, webhook_headers
from tests.fakes.clock import NOW

SECRET, OTHER = "s" * 32, "o" * 32
BODIES = st.binary(max_size=200)
IDS = st.text("abcdef0123456789_-", min_size=1, max_size=20)


@given(IDS, BODIES, st.integers(-300, 300))
def test_what_was_signed_is_genuine_for_five_minutes(webhook_id: str, body: bytes, seconds: int) -> None:
    """A webhook passes whatever its body is, up to five minutes after and before it was signed."""
    headers = webhook_headers(SECRET, webhook_id, body, NOW)
    assert is_genuine(SECRET, signed(headers), body, NOW + timedelta(seconds=seconds))


@given(IDS, BODIES, BODIES, st.integers(301, 10**6), st.booleans())
def test_anything_else_is_not(webhook_id: str, body: bytes, other: bytes, seconds: int, before: bool) -> None:
    """Another body, id, secret or time, and a replay after five minutes, don't pass."""
    said = signed(webhook_headers(SECRET, webhook_id, body, NOW))
    assert is_genuine(SECRET, said, other, NOW) == (other == body)
    assert not is_genuine(OTHER, said, body, NOW)
    assert not is_genuine(SECRET, said, body, NOW + timedelta(seconds=-seconds if before else seconds))
    moved = webhook_headers(SECRET, webhook_id, body, NOW + WINDOW / 2)["webhook-timestamp"]
    for changed in ({"webhook-id": webhook_id + "x"}, {"webhook-timestamp": moved}):
        headers = webhook_headers(SECRET, webhook_id, body, NOW) | changed
        assert not is_genuine(SECRET, signed(headers), body, NOW)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=40)))
def test_no_header_breaks_it(headers: dict[str, str]) -> None:
    """Missing and odd headers (no number, a huge one, other alphabets' digits) are simply not genuine."""
    assert not is_genuine(SECRET, signed(headers), b"{}", NOW)


def test_one_of_several_signatures_is_enough() -> None:
    """While a secret is being changed, a sender may sign with both."""
    headers = webhook_headers(SECRET, "m1", b"{}", NOW)
    headers["webhook-signature"] = "v1,AAAA v2,x " + headers["webhook-signature"]
    assert is_genuine(SECRET, signed(headers), b"{}", NOW)


@given(st.lists(st.text("ab/:", max_size=6), min_size=6, max_size=6), BODIES, st.integers(0, 5))
def test_each_part_of_a_request_is_signed(parts: list[str], body: bytes, which: int) -> None:
    """Changing any of method, path, tenant, scope, time, key or body gives another signature."""
    right = request_signature(SECRET, parts, body)
    changed = [*parts[:which], parts[which] + "x", *parts[which + 1:]]
    assert len({right, request_signature(SECRET, changed, body), request_signature(SECRET, parts, body + b"x"),
                request_signature(OTHER, parts, body)}) == 4
