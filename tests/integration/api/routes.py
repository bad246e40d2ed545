"""All routes of the API, found by looking: a new route is covered by these tests without being named in them."""

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from fastapi import FastAPI

import api.routes

OPEN = {
    ("POST", "/v1/staff/login"),
    ("GET", "/v1/clauses/{clause_id}"),      # the rules are for everyone to read
    ("GET", "/v1/demo/buyers"),
    ("POST", "/v1/demo/token"),
    ("POST", "/v1/webhooks/platform"),       # signed, which tests of its own cover
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
"""Routes that need no token. Everything else must refuse whoever has none."""


@dataclass(frozen=True, order=True)
class Route:
    """A method and a path with names in braces."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def for_buyers(self) -> bool:
        """True when a buyer's token opens it."""
        return not self.path.startswith(("/v1/desk", "/v1/merchant"))

    @property
    def for_merchants(self) -> bool:
        """True when a token of a shop's people opens it."""
        return self.path.startswith("/v1/merchant")

    @property
    def for_staff(self) -> bool:
        """True when a staff session opens it."""
        return self.path.startswith(("/v1/desk", "/v1/attachments"))

    def at(self, **ids: str) -> str:
        """The path with ids in place of the names."""
        return self.path.format(**ids)


def _found() -> list[Route]:
    app = FastAPI()
    for module in pkgutil.iter_modules(api.routes.__path__):
        app.include_router(import_module(f"api.routes.{module.name}").router)
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return sorted(Route(method.upper(), path) for path, methods in paths.items() for method in methods)


ROUTES = _found()
GUARDED = [route for route in ROUTES if (route.method, route.path) not in OPEN]
