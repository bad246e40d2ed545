"""The OpenAPI schema tells the truth: whatever is sent, no answer is a server error or one that is not documented.

Schemathesis makes up requests from the schema, valid ones and broken ones; the ids in them are real half of the time,
so that it gets behind the door. `--examples` says how many requests there are in all.
"""


from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.api.laying import lay_case, lay_proposal
from tests.integration.api.routes import ROUTES, Route
from tests.integration.api.serving import Server, picture

ENDLESS = "/stream"
"""Streams never end by themselves; tests of their own cover them."""

CHECKED = [route for route in ROUTES if not route.path.endswith(ENDLESS)]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def schema(server: Server) -> schemathesis.BaseSchema:
    """The schema that the server publishes."""
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json")


class Ids:
    """Ids of things that are there, fresh ones where a request may use them up."""

    def __init__(self, server: Server) -> None:
        self.buyer, self.merchant, self.staff = server.buyer(), server.merchant(), server.staff()
        self.conversation = self.buyer.opened()
        files = {"file": ("a.png", picture(), "image/png")}
        uploaded = self.buyer.post(f"/v1/conversations/{self.conversation}/attachments", files=files)
        self.picture = str(uploaded.json()["id"])
        self.proposal = lay_proposal(server, self.buyer, self.conversation)
        self.case = lay_case(server, self.buyer, self.conversation)

    def of(self, name: str) -> str:
        """The id that stands for a name in a path."""
        known = {
            "conversation_id": self.conversation, "attachment_id": self.picture, "proposal_id": self.proposal,
            "case_id": self.case,
            "clause_id": "consumer-law%2325",
        }
        return known.get(name, "a" * 32)


@pytest.fixture(scope="module")
def ids(server: Server) -> Ids:
    """A buyer with one of everything."""
    return Ids(server)


def _operation(schema: schemathesis.BaseSchema, route: Route) -> Any:
    return schema[route.path][route.method]


@pytest.mark.parametrize("route", CHECKED, ids=str)
def test_whatever_is_sent(
    request: pytest.FixtureRequest, schema: schemathesis.BaseSchema, ids: Ids, route: Route
) -> None:
    """Every made-up request gets a documented answer of the documented shape, and never a server error."""
    examples = max(4, int(request.config.getoption("--examples", 500)) // len(CHECKED))
    operation = _operation(schema, route)
    caller = ids.buyer if route.for_buyers else ids.merchant if route.for_merchants else ids.staff
    modes = st.sampled_from(list(schemathesis.GenerationMode))
    cases = modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode))

    @seed(20261121)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, real=st.booleans())
    def send(case: Any, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters = {name: ids.of(name) for name in case.path_parameters}
        case.call_and_validate(headers=caller.headers, checks=CHECKS, timeout=20)

    send()
