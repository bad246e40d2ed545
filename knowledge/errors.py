"""What goes wrong, as types.

    FairdeskError
    ├── BadInput          what came in cannot be used: the message says what, where, and what to do
    │   ├── BadKnowledge  a file of rules, facts or clauses is wrong: names file and line
    │   └── TooLarge      more than the stated limit
    ├── NotFound          not there, or not yours: the two look the same
    ├── NotAllowed        known, but this scope may not do it
    ├── Conflict          the state has moved on: expired, already decided, in flight
    └── Unavailable       something we depend on does not answer: index, model, platform, database

`code` is stable and machine-readable; the message is for people. The API turns each class into one status.
"""


class FairdeskError(Exception):
    """The root of all errors that Fairdesk raises on purpose."""

    code = "error"


class BadInput(FairdeskError):
    """What came in cannot be used."""

    code = "bad_input"


class BadKnowledge(BadInput):
    """A file of rules, facts or clauses is wrong; `path` and `line` (1-based) say where."""

    code = "bad_knowledge"

    def __init__(self, message: str, path: str = "", line: int = 0) -> None:
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(where + message)
        self.message, self.path, self.line = message, path, line


class TooLarge(BadInput):
    """More than the stated limit."""

    code = "too_large"


class NotFound(FairdeskError):
    """Not there, or not yours."""

    code = "not_found"


class NotAllowed(FairdeskError):
    """This scope may not do it."""

    code = "not_allowed"


class Conflict(FairdeskError):
    """The state has moved on."""

    code = "conflict"


class Unavailable(FairdeskError):
    """Something that Fairdesk depends on does not answer."""

    code = "unavailable"
