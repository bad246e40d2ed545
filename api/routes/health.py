"""Is it alive, is it ready."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from api.depends import Parts
from api.errors import documented

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """How things stand. `rules_problem` says what is wrong with changed rule files; the last good ones stay."""

    status: str
    knowledge: str = ""
    reader: str = ""
    rules_problem: str | None = None


@router.get("/healthz", summary="Alive")
async def alive() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", summary="Ready", responses=documented())
async def ready(services: Parts) -> Health:
    """The database answers and the knowledge is loaded; says so when search runs in a degraded mode."""
    async with services.database.read() as tx:
        await tx.execute(text("SELECT 1"))
    encoder = services.knowledge.encoder
    return Health(
        status="ready", knowledge=encoder.name if encoder else "words only", reader=services.reader.name,
        rules_problem=services.books.problem,
    )
