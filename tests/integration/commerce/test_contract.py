"""The contract that is published is the one that the connector and the reference platform keep."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from assistant.clock import utc_now
from assistant.commerce.demo.world import demo_world
from assistant.commerce.http.contract import as_yaml, contract
from assistant.webhooks import kinds
from knowledge.errors import BadInput
from tests.support.reference_platform import TOKEN, listening, reference_platform

PUBLISHED = Path(__file__).parents[3] / "docs" / "openapi" / "platform.yaml"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Fairdesk-Tenant": "demo", "Fairdesk-Scope": "agent:lin"}


def shape(document: dict[str, Any], name: str) -> Draft202012Validator:
    """A shape of the contract, ready to check with."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def test_what_is_published_is_what_the_connector_reads() -> None:
    """`docs/openapi/platform.yaml` is what `python -m assistant.commerce.http.contract` prints."""
    assert PUBLISHED.read_text("utf-8") == as_yaml()


def test_every_reference_in_it_leads_somewhere() -> None:
    """Each `$ref` of the document names a component that is there."""
    document = yaml.safe_load(as_yaml())

    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [found for one in node for found in references(one)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for one in node.values() for found in references(one)]

    named = {reference.removeprefix("#/components/") for reference in references(document)}
    there = {f"{kind}/{name}" for kind, parts in document["components"].items() for name in parts}
    assert named
    assert named <= there


async def test_the_reference_platform_keeps_it() -> None:
    """Each answer of the reference platform, the demo shop's whole world, has the shape that the contract gives it."""
    document, world = contract(), demo_world(utc_now())
    paths = {
        "/buyers/xiaolin": "Buyer", "/buyers/xiaolin/orders": "Orders", f"/orders/{world.orders[0].id}": "Order",
        f"/products/{world.products[0].id}": "Product", f"/shops/{world.shops[0].id}": "Shop",
        "/products?words=phone": "Products", "/buyers/xiaolin/payment-methods": "PaymentMethods",
        "/orders/none": "ProblemBody", "/effects/none": "ProblemBody",
    }
    async with listening(reference_platform(world)[1]) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as http:
        for path, name in paths.items():
            shape(document, name).validate((await http.get(path)).json())


SAMPLES: dict[str, dict[str, object]] = {
    "order.changed": {"order_id": "1", "state": "paid"},
    "parcel.scanned": {"order_id": "1", "tracking_number": "SF1", "state": "delayed"},
    "parcel.back": {"tracking_number": "SF1"},
    "refund.done": {"key": "k1"},
    "case.decided": {"case": "AS-1", "side": "buyer", "amount_fen": 100},
}


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_webhooks_are_in_it(kind: str) -> None:
    """Each kind that Fairdesk takes is in the contract, with what it must have and no more."""
    content = contract()["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]
    name = content["schema"]["$ref"].rpartition("/")[2]
    sample = {"kind": kind, "at": "2026-11-21T09:30:00+08:00", **SAMPLES[kind]}
    shape(contract(), name).validate(sample)
    assert kinds.read(json.dumps(sample).encode()).kind == kind
    for missing in contract()["components"]["schemas"][name]["required"]:
        with pytest.raises(BadInput, match=missing):
            kinds.read(json.dumps({key: value for key, value in sample.items() if key != missing}).encode())
