"""Errors over HTTP: each class of error has one status, one code and one schema."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.cases.handling import ChangedBody
from knowledge.errors import BadInput, Conflict, FairdeskError, NotAllowed, NotFound, TooLarge, Unavailable

log = logging.getLogger(__name__)


class ErrorBody(BaseModel):
    """What went wrong: a stable code for programs, a message for people."""

    code: str
    message: str
    detail: list[dict[str, Any]] | None = None


class ErrorOut(BaseModel):
    """The body of every response that is not a success."""

    error: ErrorBody


class Unauthorised(FairdeskError):
    """No token, or one that is forged, expired or for something else."""

    code = "unauthorised"


class TooMany(FairdeskError):
    """Too many tries in a short time."""

    code = "too_many"


STATUS: dict[type[FairdeskError], int] = {
    ChangedBody: 422, Unauthorised: 401, NotAllowed: 403, NotFound: 404, Conflict: 409, TooLarge: 413, BadInput: 400,
    TooMany: 429, Unavailable: 503,
}
_MEANING = {
    400: "The input cannot be used", 401: "No valid token", 403: "Not allowed with this token",
    404: "Not there, or not yours",
    409: "The state has moved on", 413: "Too large", 422: "The input has the wrong shape", 429: "Too many tries",
    503: "Something we depend on does not answer",
}


_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "5"}, 503: {"Retry-After": "5"}}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: every error it can give, with its schema."""
    always = {400, 413, 422, 503, *statuses}
    return {status: {"model": ErrorOut, "description": _MEANING[status]} for status in sorted(always)}


def install(app: FastAPI) -> None:
    """Answer all errors in the one shape."""

    @app.exception_handler(FairdeskError)
    async def ours(_request: Request, error: FairdeskError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return _json(status, error.code, str(error), headers=_HEADERS.get(status))

    @app.exception_handler(RequestValidationError)
    async def wrong_shape(_request: Request, error: RequestValidationError) -> JSONResponse:
        detail = [{"at": ".".join(map(str, one["loc"])), "problem": one["msg"]} for one in error.errors()]
        broken = any(one["type"] == "json_invalid" for one in error.errors())
        if broken:
            return _json(400, "bad_json", "the body is not valid JSON", detail)
        return _json(422, "invalid", "the input has the wrong shape; see detail", detail)

    @app.exception_handler(HTTPException)
    async def plain(_request: Request, error: HTTPException) -> JSONResponse:
        codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        headers = dict(error.headers or {})      # `Allow`, for one, which a 405 must carry
        return _json(error.status_code, codes.get(error.status_code, "bad_input"), str(error.detail), headers=headers)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.error("unforeseen error at %s", request.url.path, exc_info=error)
        message = "something went wrong on our side; nothing was lost, please try again"
        return _json(503, "unavailable", message, headers={"Retry-After": "5"})


def too_large() -> JSONResponse:
    """The answer to a body that is not even read."""
    return _json(413, "too_large", "the body is too large")


def _json(
    status: int,
    code: str,
    message: str,
    detail: list[dict[str, Any]] | None = None,
    *,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    body = ErrorOut(error=ErrorBody(code=code, message=message, detail=detail))
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers)
