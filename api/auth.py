"""Who is asking: tokens that the shop signs for its buyers, and sessions of staff.

All are JWTs (HS256) with a fixed audience, so that one cannot stand in for another. A buyer's token carries `iss`
(the tenant), `sub` (the buyer's id), `aud` and `exp`; a merchant's carries `shop` (the shop's id) besides, and `sub` is
the person. The platform's server mints both with the shared secret.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors import Unauthorised
from assistant.desk import Staff
from assistant.scope import Scope
from assistant.settings import Settings

BUYER, MERCHANT, STAFF = "fairdesk-buyer", "fairdesk-merchant", "fairdesk-staff"
LIFETIME = timedelta(hours=12)
LEEWAY_SECONDS = 30

_bearer = HTTPBearer(auto_error=False, description="A buyer's token from the shop, or a staff token from the login.")


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that sign tokens."""

    tenant: str
    shop: str
    staff: str

    def mint_buyer(self, buyer_id: str, now: datetime, lifetime: timedelta = LIFETIME) -> tuple[str, datetime]:
        """A buyer's token and when it expires; outside demo mode the shop does this itself."""
        return self._mint({"sub": buyer_id, "aud": BUYER}, self.shop, now, lifetime)

    def mint_merchant(
        self, shop_id: str, person: str, now: datetime, lifetime: timedelta = LIFETIME
    ) -> tuple[str, datetime]:
        """A token for a person of a shop, and when it expires; outside demo mode the platform does this itself."""
        return self._mint({"sub": person, "shop": shop_id, "aud": MERCHANT}, self.shop, now, lifetime)

    def mint_staff(self, staff: Staff, now: datetime, lifetime: timedelta = LIFETIME) -> tuple[str, datetime]:
        """A staff session."""
        claims = {"sub": staff.id, "aud": STAFF, "name": staff.name, "role": staff.role, "skills": list(staff.skills)}
        return self._mint(claims, self.staff, now, lifetime)

    def buyer(self, token: str) -> Scope:
        """The buyer's scope, or Unauthorised."""
        return Scope(self.tenant, "buyer", self._claims(token, self.shop, BUYER)["sub"])

    def merchant(self, token: str) -> Scope:
        """The scope of a person of a shop, or Unauthorised."""
        claims = self._claims(token, self.shop, MERCHANT)
        shop_id = claims.get("shop")
        if not isinstance(shop_id, str) or not 0 < len(shop_id) <= 64:
            raise Unauthorised("this token names no shop")
        return Scope(self.tenant, "merchant", claims["sub"], shop_id)

    def member(self, token: str) -> tuple[Scope, Staff]:
        """The staff member's scope, or Unauthorised."""
        claims = self._claims(token, self.staff, STAFF)
        role = claims.get("role")
        if role not in ("agent", "admin"):
            raise Unauthorised("this session is for no known role")
        staff = Staff(claims["sub"], str(claims.get("name", "")), role, tuple(claims.get("skills", ())))
        return Scope(self.tenant, role, staff.id), staff

    def _mint(self, claims: dict[str, Any], secret: str, now: datetime, lifetime: timedelta) -> tuple[str, datetime]:
        expires = now + lifetime
        return jwt.encode({**claims, "iss": self.tenant, "iat": now, "exp": expires}, secret, "HS256"), expires

    def _claims(self, token: str, secret: str, audience: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token, secret, ["HS256"], audience=audience, issuer=self.tenant, leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthorised("the token has expired; get a new one from the shop") from None
        except jwt.InvalidTokenError:
            raise Unauthorised("the token is not valid") from None
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 64:
            raise Unauthorised("the token is not valid")
        return claims


def load_keys(settings: Settings) -> Keys:
    """The configured secrets; in demo mode, random ones kept in the home folder."""
    if settings.demo:
        return Keys(settings.tenant, _kept(settings.home / "demo-shop.key"), _kept(settings.home / "demo-staff.key"))
    assert settings.shop_secret, "Settings.check() came first"
    assert settings.staff_secret, "Settings.check() came first"
    return Keys(settings.tenant, settings.shop_secret.get_secret_value(), settings.staff_secret.get_secret_value())


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def _token(credentials: HTTPAuthorizationCredentials | None) -> str:
    if credentials is None:
        raise Unauthorised("send `Authorization: Bearer <token>`")
    return credentials.credentials


async def buyer_scope(request: Request, credentials: Credentials) -> Scope:
    """The buyer behind the request."""
    keys: Keys = request.app.state.keys
    return keys.buyer(_token(credentials))


async def merchant_scope(request: Request, credentials: Credentials) -> Scope:
    """The person of a shop behind the request."""
    keys: Keys = request.app.state.keys
    return keys.merchant(_token(credentials))


async def staff_member(request: Request, credentials: Credentials) -> tuple[Scope, Staff]:
    """The staff member behind the request."""
    keys: Keys = request.app.state.keys
    return keys.member(_token(credentials))


BuyerScope = Annotated[Scope, Depends(buyer_scope)]
MerchantScope = Annotated[Scope, Depends(merchant_scope)]
Member = Annotated[tuple[Scope, Staff], Depends(staff_member)]
