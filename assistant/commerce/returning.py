"""Returns that are open on an order: what money each still holds, and what a case does to them.

advance_refund      part of a return's money, before the goods are back
return_refund       the rest of it, and the return is over
close_after_sales   an open return, exchange or repair is over without (further) money
"""

from collections.abc import Iterable
from dataclasses import replace

from assistant.commerce.platform import Command

STEPS = ("advance_refund", "return_refund", "close_after_sales")


def open_returns(commands: Iterable[Command]) -> list[Command]:
    """The returns among an order's commands that are not over, each with the money that it still holds."""
    held: dict[str | None, Command] = {}
    for command in commands:
        if command.name == "return":
            held[command.item_id] = command
        elif command.name == "advance_refund" and command.item_id in held:
            rest = held[command.item_id]
            held[command.item_id] = replace(rest, amount_fen=max(0, rest.amount_fen - command.amount_fen))
        elif command.name in STEPS[1:]:
            held.pop(command.item_id, None)
    return list(held.values())


def held_by_return(commands: Iterable[Command], item_id: str | None) -> int | None:
    """Fen that the open return of an item holds; None where there is no such return."""
    return next((one.amount_fen for one in open_returns(commands) if one.item_id == item_id), None)
