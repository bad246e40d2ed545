"""The second person: what buyers confirmed and a high amount holds back, to be approved or declined at the desk."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.depends import Id, Member, Parts
from api.errors import documented
from api.schemas import ReceiptOut
from assistant.proposal import Proposal
from assistant.tools import approving
from assistant.tools.approving import Approver
from knowledge.text import Text

router = APIRouter(prefix="/v1/desk/approvals", tags=["desk"], responses=documented(401))


class ApprovalOut(BaseModel):
    """Something that waits for a second person: what it is, how much, and what the buyer saw."""

    proposal_id: str
    conversation_id: str
    order_id: str
    title: Text
    amount_fen: int
    summary: tuple[str, ...]
    rule: str | None
    created_at: datetime


class ApprovalsOut(BaseModel):
    """All that waits, the oldest first."""

    approvals: list[ApprovalOut]


class DeclineIn(BaseModel):
    """Why not; the buyer reads it."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("", summary="What waits for a second person")
async def listed(services: Parts, member: Member) -> ApprovalsOut:
    """Confirmed proposals over the limit, the oldest first."""
    found = await approving.waiting(services.gateway, member[0])
    return ApprovalsOut(approvals=[_out(one) for one in found])


@router.post("/{proposal_id}/approve", summary="Approve", responses=documented(401, 403, 404, 409))
async def approve(proposal_id: Id, services: Parts, member: Member) -> ReceiptOut:
    """It is carried out once; not by the one who handled the conversation."""
    return ReceiptOut(receipt=await approving.approve(services.gateway, _approver(member), proposal_id))


@router.post("/{proposal_id}/decline", status_code=204, summary="Decline",
             responses=documented(400, 401, 403, 404, 409))
async def decline(proposal_id: Id, body: DeclineIn, services: Parts, member: Member) -> None:
    """Nothing is done; the buyer reads the reason, and a person goes on with it."""
    await approving.decline(services.gateway, _approver(member), proposal_id, body.reason)


def _approver(member: Member) -> Approver:
    return Approver(member[0], member[1].name)


def _out(proposal: Proposal) -> ApprovalOut:
    return ApprovalOut(
        proposal_id=proposal.id, conversation_id=proposal.conversation_id, order_id=proposal.command.order_id,
        title=proposal.title, amount_fen=proposal.command.amount_fen, summary=proposal.card.summary,
        rule=proposal.decision.rule, created_at=proposal.created_at,
    )
