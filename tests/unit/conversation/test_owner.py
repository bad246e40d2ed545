"""Who owns a conversation: every owner with every move."""

from typing import get_args

import pytest

from assistant.conversation import MOVES, Move, Owner, next_owner
from knowledge.errors import Conflict

POSSIBLE = {
    "assistant": {"hand_over": "queued", "take": "human", "close": "closed"},
    "queued": {"take": "human", "recall": "assistant", "close": "closed"},
    "human": {"hand_back": "assistant", "hand_over": "queued", "close": "closed"},
    "closed": {"reopen": "assistant"},
}
"""Written down again on purpose: a change of the machine must be meant."""


@pytest.mark.parametrize("owner", get_args(Owner))
@pytest.mark.parametrize("move", get_args(Move))
def test_every_owner_with_every_move(owner: Owner, move: Move) -> None:
    """A move leads where the table says; any other is a Conflict that names the move and the owner."""
    if move in POSSIBLE[owner]:
        assert next_owner(owner, move) == POSSIBLE[owner][move]
        return
    with pytest.raises(Conflict) as caught:
        next_owner(owner, move)
    assert str(caught.value) == f"cannot {move.replace('_', ' ')} a conversation whose owner is {owner}"


def test_nobody_is_stuck() -> None:
    """From every owner the assistant can be reached again, and so can a person."""
    for wanted in ("assistant", "human"):
        reached = {wanted}
        for _ in MOVES:
            reached |= {owner for (owner, _move), to in MOVES.items() if to in reached}
        assert reached == set(get_args(Owner))


def test_only_the_buyer_or_a_person_ends_the_waiting() -> None:
    """The queue is left by a person taking over, the buyer's recall, or closing; never by the assistant on its own."""
    assert {move for owner, move in MOVES if owner == "queued"} == {"take", "recall", "close"}
