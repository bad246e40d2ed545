"""How the encoder cuts texts into pieces."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder.tokens import Tokenizer
from knowledge.encoder.wheel import Vocabulary

SCORES = {"▁": -3.0, "退": -4.0, "货": -4.5, "退货": -6.0, "运": -5.0, "费": -5.5, "运费": -7.0, "▁退": -6.5}
UNKNOWN = len(SCORES)
UNKNOWN_SCORE = -18.0


def tokenizer(rewrites: dict[int, str] | None = None) -> Tokenizer:
    """A tokenizer that knows a handful of pieces."""
    scores = np.array([*SCORES.values(), 0.0], np.float32)
    scores[UNKNOWN] = -1.0  # the unknown piece's own score counts for nothing
    return Tokenizer(Vocabulary([*SCORES, "<unk>"], scores, rewrites or {}, first=90, last=91, unknown=UNKNOWN))


def likelihood(pieces: list[str]) -> float:
    """The log probability of a cutting: known pieces by their scores, unknown characters by their price."""
    return sum(SCORES.get(piece, UNKNOWN_SCORE if len(piece) == 1 else -1e9) for piece in pieces)


def best_by_trying_all(spelled: str) -> float:
    """The likelihood of the best of all cuttings."""
    places = range(1, len(spelled))
    cuttings = (c for size in range(len(spelled)) for c in combinations(places, size))
    return max(
        likelihood([spelled[a:b] for a, b in zip((0, *cut), (*cut, len(spelled)), strict=True)]) for cut in cuttings
    )


@given(st.text("退货运费x", min_size=1, max_size=8))
def test_the_likeliest_cutting_is_found(text: str) -> None:
    """No other way to cut a text is likelier than the one chosen."""
    ids = tokenizer().ids(text)
    chosen = sum(UNKNOWN_SCORE if i == UNKNOWN else list(SCORES.values())[i] for i in ids)
    assert np.isclose(chosen, best_by_trying_all("▁" + text))


def test_spaces_in_a_row_and_a_leading_one_are_one_space() -> None:
    """How many spaces somebody types makes no difference."""
    assert tokenizer().ids("  退   货") == tokenizer().ids("退 货")


def test_characters_are_rewritten_before_they_are_looked_up() -> None:
    """Full-width and other forms are found as the plain ones."""
    assert tokenizer({ord("Ｔ"): "退"}).ids("Ｔ货") == tokenizer().ids("退货")


@given(st.integers(3, 9), st.text("退货运费x ", max_size=30))
def test_windows_hold_the_whole_text_in_order(size: int, text: str) -> None:
    """A long text is cut into windows with both marks, none of them too long, none of the text left out."""
    windows = tokenizer().windows(text, size)
    assert all(w[0] == 90 and w[-1] == 91 and 2 < len(w) <= size for w in windows)
    assert [piece for window in windows for piece in window[1:-1]] == tokenizer().ids(text)
