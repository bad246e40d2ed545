"""How the buyer feels: trained on labelled lines, with plain words from the lexicon as a second witness."""

from assistant.understanding.heads import Heads
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.reading import Mood, MoodName, Vector

MOODS: tuple[MoodName, ...] = ("calm", "anxious", "angry", "distressed", "thankful")
_LIFT = 0.35  # what a plain word of a mood adds to its probability
_SURE = 0.6  # a mood below this is called calm: overlooking a mood costs less than imputing one


def read_mood(text: str, vector: Vector, heads: Heads, lexicon: Lexicon) -> Mood:
    """The mood of a text with its probability."""
    shares = heads.shares(heads.outputs(text, vector))
    probabilities = {name: float(share) for name, share in zip(heads.labels, shares, strict=True)}
    for name in lexicon.moods_in(text):
        probabilities[name] = min(0.99, probabilities.get(name, 0.0) + _LIFT)
    best = max(MOODS, key=lambda name: probabilities.get(name, 0.0))
    probability = round(probabilities.get(best, 0.0), 3)
    return Mood(best, probability) if best == "calm" or probability >= _SURE else Mood("calm", 1 - probability)
