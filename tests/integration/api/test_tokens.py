"""Who gets in: no forged, stale or foreign token opens any route, streams and uploads included."""

import base64
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest

from api.auth import BUYER, MERCHANT, STAFF
from assistant.clock import utc_now
from tests.integration.api.routes import GUARDED, Route
from tests.integration.api.serving import Server, error_of

IDS = defaultdict(lambda: "a" * 32)
"""Ids of nothing, whatever a path calls them."""
FLIPS = 8
"""How many times a bit of a good token's parts is flipped, for each route."""


def _claims(audience: str, **changed: Any) -> dict[str, Any]:
    """The claims of a good token, with changes; None takes a claim away."""
    good = {
        "sub": "xiaolin", "aud": audience, "iss": "demo", "exp": utc_now() + timedelta(hours=1), "role": "agent",
        "name": "lin", "skills": [], "shop": "s-orchid",
    }
    return {key: value for key, value in (good | changed).items() if value is not None}


def _encoded(part: object) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _unsigned(audience: str) -> Iterator[str]:
    claims = _claims(audience) | {"exp": int((utc_now() + timedelta(hours=1)).timestamp())}
    for algorithm in ("none", "None", "NONE", "nOnE", "", "RS256", "ES256", None):
        head = _encoded({"alg": algorithm, "typ": "JWT"})
        yield f"{head}.{_encoded(claims)}."
        yield f"{head}.{_encoded(claims)}.{_encoded(b'0' * 32)}"


def _tampered(good: str, seed: str) -> Iterator[str]:
    """A good token with one bit flipped somewhere, or with a part missing, doubled or exchanged."""
    chance = random.Random(seed)
    parts = [base64.urlsafe_b64decode(part + "==") for part in good.split(".")]
    for _ in range(FLIPS):
        which, flipped = chance.randrange(3), [bytearray(part) for part in parts]
        flipped[which][chance.randrange(len(flipped[which]))] ^= 1 << chance.randrange(8)
        yield ".".join(_encoded(bytes(part)) for part in flipped)
    head, body, mark = good.split(".")
    other = json.loads(parts[1]) | {"sub": "laowang", "role": "admin"}
    yield f"{head}.{_encoded(other)}.{mark}"
    yield from (f"{head}.{body}", f"{head}.{body}.", f"{body}.{body}.{mark}", good[:-8])


def _wrong_claims(audience: str, secret: str) -> Iterator[str]:
    """Rightly signed, and still no good."""
    now = utc_now()
    wrong: list[dict[str, Any]] = [
        {"exp": now - timedelta(hours=1)}, {"exp": now - timedelta(seconds=31)}, {"exp": None}, {"exp": "never"},
        {"iat": now + timedelta(days=1)}, {"nbf": now + timedelta(days=1)},
        {"iss": "elsewhere"}, {"iss": None}, {"iss": ""},
        {"aud": None}, {"aud": ""}, {"aud": "fairdesk"}, {"aud": []},
        {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": ["xiaolin"]}, {"sub": "x" * 65},
    ]
    for changed in wrong:
        yield jwt.encode(_claims(audience, **changed), secret, "HS256")
    if audience == MERCHANT:
        for shop in (None, "", 7, ["s-orchid"], "x" * 65):
            yield jwt.encode(_claims(MERCHANT, shop=shop), secret, "HS256")
    if audience == STAFF:
        for role in (None, "buyer", "system", "root"):
            yield jwt.encode(_claims(STAFF, role=role), secret, "HS256")
    for algorithm in ("HS384", "HS512"):
        yield jwt.encode(_claims(audience), secret.ljust(64, "0"), algorithm)


def _wrongly_signed(audience: str, other_secret: str) -> Iterator[str]:
    for secret in (other_secret, "x" * 32, "fairdesk".ljust(32), "0" * 64):
        yield jwt.encode(_claims(audience), secret, "HS256")


GARBAGE = ("x", ".", "..", "...", "a.b.c", "null", "%00", "Bearer", "é", "a" * 5000, "e30.e30.e30")


def _forged(server: Server, route: Route) -> Iterator[str]:
    """Every kind of token that must not open `route`."""
    secrets = {BUYER: server.keys.shop, MERCHANT: server.keys.shop, STAFF: server.keys.staff}
    good = {audience: jwt.encode(_claims(audience), secret, "HS256") for audience, secret in secrets.items()}
    opens = ((BUYER, route.for_buyers), (MERCHANT, route.for_merchants), (STAFF, route.for_staff))
    accepted = [audience for audience, yes in opens if yes]
    for audience in accepted:
        yield from _unsigned(audience)
        yield from _tampered(good[audience], f"{route}")
        yield from _wrong_claims(audience, secrets[audience])
        yield from _wrongly_signed(audience, secrets[BUYER if audience == STAFF else STAFF])
    yield from (good[audience] for audience in secrets if audience not in accepted)
    yield from GARBAGE


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_forged_tokens_open_nothing(server: Server, route: Route) -> None:
    """Whatever is wrong with a token, the answer is 401 in the documented shape, and nothing else happens."""
    path, tried = route.path.format_map(IDS), 0
    for token in _forged(server, route):
        refused = server.http.request(route.method, path, headers={b"Authorization": f"Bearer {token}".encode()})
        assert refused.status_code == 401, (token, refused.text)
        assert error_of(refused) == "unauthorised"
        assert refused.headers["www-authenticate"] == "Bearer"
        tried += 1
    assert tried > 50


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_without_a_bearer_token_nothing_opens(server: Server, route: Route) -> None:
    """No header, another scheme, or a token in the address or a cookie is as good as none."""
    path = route.path.format_map(IDS)
    good = server.opening(route.for_buyers, route.for_merchants).token
    for headers in ({}, {"Authorization": f"Basic {good}"}, {"Authorization": str(good)}, {"Cookie": f"token={good}"}):
        refused = server.http.request(route.method, path, headers=headers, params={"token": str(good)})
        assert (refused.status_code, error_of(refused)) == (401, "unauthorised"), headers


def test_a_good_token_opens(server: Server) -> None:
    """A buyer's and a staff member's own tokens work, so the refusals above are not for everyone."""
    assert server.buyer("xiaolin").get("/v1/orders").status_code == 200
    assert server.staff().get("/v1/desk/conversations").status_code == 200


def test_a_token_is_as_old_as_it_says(server: Server) -> None:
    """An expired token is told apart, so that a shop's page knows to fetch a new one."""
    stale, _ = server.keys.mint_buyer("xiaolin", utc_now() - timedelta(hours=13))
    refused = server.http.get("/v1/orders", headers={"Authorization": f"Bearer {stale}"})
    assert refused.status_code == 401
    assert "expired" in refused.json()["error"]["message"]
