"""The later steps of a return on the demo platform: money ahead, the rest, and the end of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commerce.overlay import AFTER_SALES, check, refundable, replay
from assistant.commerce.platform import Command
from assistant.commerce.returning import held_by_return
from knowledge.errors import Conflict
from tests.unit.commerce.test_order_overlay import after, command, order


def test_a_return_is_paid_in_two_parts_and_is_over() -> None:
    """An advance and the rest come to what the return held; after that the item is in after-sales no more."""
    steps = [command("return", order(), 3000, item=1), command("advance_refund", order(), 1000, item=1),
             command("return_refund", order(), 2000, item=1)]
    result = after(order(), steps)
    assert (result.refunded_fen, result.state) == (3000, "partly_refunded")
    assert AFTER_SALES not in result.items[0].traits
    assert held_by_return(steps, result.items[0].id) is None


def test_a_return_that_is_over_frees_what_it_held() -> None:
    """Withdrawn, the item and its money can be claimed for again; while it was open they could not."""
    opened, again = command("return", order(), 3000, item=1), command("refund", order(), 3000, item=1)
    with pytest.raises(Conflict, match="a return is open"):
        check(replay(order(), [opened]), [opened], again)
    result = after(order(), [opened, command("close_after_sales", order(), item=1), again])
    assert refundable(result, result.items[0].id) == 500


@pytest.mark.parametrize("name", ["advance_refund", "return_refund"])
def test_money_of_a_return_needs_an_open_return_that_holds_it(name: str) -> None:
    """Without a return, for another item, or beyond what it holds, the platform says no."""
    opened = command("return", order(), 3000, item=1)
    wanting = ((100, 2), (3001, 1), (0, 1))
    cases = [([], command(name, order(), 100, item=1))]
    cases += [([opened], command(name, order(), fen, item=item)) for fen, item in wanting]
    for earlier, wanted in cases:
        with pytest.raises(Conflict):
            check(replay(order(), earlier), earlier, wanted)
    with pytest.raises(Conflict, match="nothing of order"):
        check(order(), [], command("close_after_sales", order(), item=1))


@given(st.lists(st.tuples(st.sampled_from(["return", "advance_refund", "return_refund", "close_after_sales", "refund"]),
                          st.integers(0, 4000), st.sampled_from([1, 2])), max_size=14))
def test_no_order_of_steps_gives_back_more_than_was_paid(steps: list[tuple[str, int, int]]) -> None:
    """Whatever is asked in whatever order, what the platform lets through never exceeds what the buyer paid."""
    done: list[Command] = []
    for name, fen, item in steps:
        wanted = command(name, order(), fen, item=item)
        try:
            check(replay(order(), done), done, wanted)
        except Conflict:
            continue
        done.append(wanted)
    result = replay(order(), done)
    assert result.refunded_fen <= result.paid_fen
    assert all(item.refunded_fen <= item.paid_fen for item in result.items)
    paid = sum(one.amount_fen for one in done if one.name in ("advance_refund", "return_refund", "refund"))
    assert result.refunded_fen == paid
