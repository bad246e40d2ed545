"""Decisions as JSON, for the API, the event log and the command line."""

from typing import Any

from pydantic import TypeAdapter

from assistant.decisions.decision import Decision

DecisionAdapter: TypeAdapter[Decision] = TypeAdapter(Decision)
"""Validates and dumps decisions. Times become ISO 8601; read back, times in a proof's facts stay text."""


def decision_to_dict(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values."""
    plain: dict[str, Any] = DecisionAdapter.dump_python(decision, mode="json")
    return plain


def decision_from_dict(plain: dict[str, Any]) -> Decision:
    """The decision that `decision_to_dict` made this of.

    Raises:
        pydantic.ValidationError: it is not a decision.
    """
    return DecisionAdapter.validate_python(plain)
