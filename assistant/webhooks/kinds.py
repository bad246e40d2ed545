"""What a platform tells by webhook. Kinds that are not among these are accepted and noted.

Nothing in a webhook is believed beyond "look there": states, amounts and outcomes are read from the platform or from
our own books. The one exception is a case that the platform decided, which is the platform's to say.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.commerce.model import OrderState, ParcelState
from knowledge.errors import BadInput

Id = Annotated[str, Field(min_length=1, max_length=64)]


class Told(BaseModel):
    """Something told: `kind` says what, `at` when it happened there. Fields that we don't know are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    kind: Annotated[str, Field(min_length=1, max_length=64)]
    at: AwareDatetime


class OrderChanged(Told):
    """An order went into another state."""

    kind: Literal["order.changed"]
    order_id: Id
    state: OrderState


class ParcelScanned(Told):
    """A parcel of an order was scanned."""

    kind: Literal["parcel.scanned"]
    order_id: Id
    tracking_number: Id
    state: ParcelState


class ParcelBack(Told):
    """A parcel that a buyer sent back has arrived."""

    kind: Literal["parcel.back"]
    tracking_number: Id


class RefundDone(Told):
    """Money of a command arrived where it was sent; `key` is the command's idempotency key."""

    kind: Literal["refund.done"]
    key: Annotated[str, Field(min_length=1, max_length=40)]


class CaseDecided(Told):
    """The platform's own people decided a case, for one side; `amount_fen` where the buyer gets another sum."""

    kind: Literal["case.decided"]
    case: Id
    side: Literal["buyer", "merchant"]
    amount_fen: Annotated[int, Field(ge=0)] | None = None
    reason: Annotated[str, Field(max_length=2000)] = ""


Known = OrderChanged | ParcelScanned | ParcelBack | RefundDone | CaseDecided
KNOWN: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="kind")])
_TOLD: TypeAdapter[Told] = TypeAdapter(Told)
KINDS = ("order.changed", "parcel.scanned", "parcel.back", "refund.done", "case.decided")


def read(body: bytes) -> Told:
    """What a webhook's body says; a plain `Told` for kinds that we don't know.

    Raises:
        BadInput: it is not JSON, has no kind or no time, or lacks what its kind must have.
    """
    try:
        told = _TOLD.validate_json(body)
        return KNOWN.validate_json(body) if told.kind in KINDS else told
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadInput(f"the webhook can't be used: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def known(body: dict[str, Any]) -> Known | None:
    """The same of a body that was stored; None for a kind that we don't know."""
    if body.get("kind") not in KINDS:
        return None
    return KNOWN.validate_json(json.dumps(body))
