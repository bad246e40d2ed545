"""The contract that a platform keeps, as OpenAPI 3.1, made from the shapes that the connector reads.

`python -m assistant.commerce.http.contract` prints `docs/openapi/platform.yaml`; a test holds the two together.
"""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from assistant.commerce.http import wire
from assistant.webhooks import kinds

Json = dict[str, Any]
REFS = "#/components/schemas/{model}"
_SHAPES: Mapping[str, TypeAdapter[Any]] = {
    "Buyer": wire.BUYER, "Order": wire.ORDER, "Orders": wire.ORDERS, "Product": wire.PRODUCT, "Shop": wire.SHOP,
    "Products": wire.PRODUCTS, "PaymentMethods": wire.PAYMENT_METHODS, "EffectRecord": wire.EFFECT,
    "Command": wire.COMMAND, "ProblemBody": wire.PROBLEM,
}
_WEBHOOKS = (kinds.OrderChanged, kinds.ParcelScanned, kinds.ParcelBack, kinds.RefundDone, kinds.CaseDecided)
_HEADERS = {
    "Fairdesk-Tenant": "The platform's id, as FAIRDESK_TENANT says. Another one than yours is refused with 401.",
    "Fairdesk-Scope": "For whom Fairdesk asks: `buyer:<id>`, `merchant:<shop>`, `agent:<id>`, `system:<job>`. "
                      "Answer only what they may see, and 404 otherwise.",
    "Fairdesk-Timestamp": "Unix seconds at which the request was signed. Refuse what is more than five minutes off.",
}
_PATHS: Mapping[str, tuple[str, str, str]] = {
    "/buyers/{buyer_id}": ("Buyer", "A buyer", "credit_tier runs from 1 (new) to 5 (long and trusted)."),
    "/buyers/{buyer_id}/orders": ("Orders", "A buyer's orders", "Newest first; `limit` of them at most."),
    "/buyers/{buyer_id}/payment-methods": ("PaymentMethods", "How a buyer can pay", "Only to the buyer and to staff."),
    "/orders/{order_id}": ("Order", "An order", "As it stands now, with its parcels."),
    "/products/{product_id}": ("Product", "A product", "With today's price."),
    "/products": ("Products", "Products on sale that fit words", "The best fitting first; an empty list is fine."),
    "/shops/{shop_id}": ("Shop", "A shop", "With the promises that it makes."),
}
_QUERIES = {"/products": ("words", "limit"), "/buyers/{buyer_id}/orders": ("limit",)}
_PERFORM = (
    "Do it once for each key. The outcome of a key, done or refused, is final and is told again for at least 30 days, "
    "to this request and to `GET /effects/{key}`, whenever the request arrives. 409 with the code `in_flight` means "
    "that the key is being worked on; 4xx with any other code is a final no. After any other answer, or none, Fairdesk "
    "asks `GET /effects/{key}` before it sends the command again."
)
_PROBLEMS = {
    "Unknown": "Not known who asks", "Busy": "Too much at once; asked again later",
    "Absent": "`not_found`: not there, or not theirs", "Unusable": "The command can't be used",
    "Refused": "`in_flight`: still at work on it; otherwise the platform says no, and why",
}


def contract() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "A platform, as Fairdesk asks it", "version": "1",
            "description": "Money is in whole fen (cents) of the order's currency; times are RFC 3339 with a zone. "
                           "Fields that Fairdesk does not know are passed over.",
        },
        "security": [{"token": []}, {"signature": []}],
        "paths": {path: {"get": _read(path, *said)} for path, said in _PATHS.items()} | _effects(),
        "webhooks": {model.model_fields["kind"].annotation.__args__[0]: _webhook(model)  # type: ignore[union-attr]
                     for model in _WEBHOOKS},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "signature": {"type": "apiKey", "in": "header", "name": "Fairdesk-Signature"},
            },
            "parameters": {name: _header(name, about) for name, about in _HEADERS.items()},
            "responses": {name: _answer("ProblemBody", about) for name, about in _PROBLEMS.items()},
            "schemas": _schemas(),
        },
    }


def _schemas() -> Json:
    _, shapes = TypeAdapter.json_schemas(
        [(name, "validation", shape) for name, shape in _SHAPES.items()], ref_template=REFS,
    )
    _, told = models_json_schema([(model, "validation") for model in _WEBHOOKS], ref_template=REFS)
    return dict(sorted((shapes["$defs"] | told["$defs"]).items()))


def _read(path: str, shape: str, title: str, about: str) -> Json:
    return {
        "summary": title, "description": about,
        "parameters": [*_path_parameters(path), *(_query(name) for name in _QUERIES.get(path, ())), *_common()],
        "responses": {"200": _answer(shape, title), "404": _response("Absent"), **_always()},
    }


def _effects() -> Json:
    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 40}}
    perform = {
        "summary": "Do something that was confirmed", "description": _PERFORM, "parameters": [key, *_common()],
        "requestBody": {"required": True, "content": _json("Command")},
        "responses": {
            "200": _answer("EffectRecord", "What became of it"), "404": _response("Absent"),
            "409": _response("Refused"), "422": _response("Unusable"), **_always(),
        },
    }
    ask = {
        "summary": "What became of a command", "description": "404 says that the key has never arrived.",
        "parameters": [*_path_parameters("/effects/{key}"), *_common()],
        "responses": {"200": _answer("EffectRecord", "Done, refused or in flight"), "404": _response("Absent"),
                      **_always()},
    }
    return {"/effects": {"post": perform}, "/effects/{key}": {"get": ask}}


def _webhook(model: type[kinds.Told]) -> Json:
    headers = [_header(name, "As in the Standard Webhooks specification.")
               for name in ("webhook-id", "webhook-timestamp", "webhook-signature")]
    return {"post": {
        "summary": (model.__doc__ or "").splitlines()[0], "parameters": headers,
        "requestBody": {"required": True, "content": _json(model.__name__)},
        "responses": {"202": {"description": "Kept; anything else: send it again later, with the same id"}},
    }}


def _json(shape: str) -> Json:
    return {"application/json": {"schema": {"$ref": REFS.format(model=shape)}}}


def _answer(shape: str, about: str) -> Json:
    return {"description": about, "content": _json(shape)}


def _response(name: str) -> Json:
    return {"$ref": f"#/components/responses/{name}"}


def _always() -> Json:
    return {"401": _response("Unknown"), "429": _response("Busy")}


def _path_parameters(path: str) -> list[Json]:
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(name: str) -> Json:
    schema = {"type": "integer", "minimum": 1} if name == "limit" else {"type": "string", "maxLength": 200}
    return {"name": name, "in": "query", "required": name != "limit", "schema": schema}


def _common() -> list[Json]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in _HEADERS]


def _header(name: str, about: str) -> Json:
    return {"name": name, "in": "header", "required": True, "description": about, "schema": {"type": "string"}}


def as_yaml() -> str:
    """The document as it is kept."""
    head = "# Made by `python -m assistant.commerce.http.contract`; change the shapes, not this file.\n"
    return head + yaml.safe_dump(contract(), allow_unicode=True, sort_keys=False, width=120)


if __name__ == "__main__":
    print(as_yaml(), end="")
