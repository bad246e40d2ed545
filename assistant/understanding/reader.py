"""Reading a message: text and its light in, a Reading out. Never raises, whatever the text.

A cheap sure reader goes first: short messages that mean one thing ("好的", "转人工", a chip's label) are read
without the
encoder. The rest goes through the encoder once, and every head looks at that one vector.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Protocol

import yaml

from assistant.understanding.acts import read_consent
from assistant.understanding.extraction import find_mentions
from assistant.understanding.facts import AnswerOption, AskedQuestion, Phrases, read_answer, read_facts
from assistant.understanding.guards import trained_flags, worded_flags
from assistant.understanding.heads import Heads, load_heads
from assistant.understanding.language import LINK, PlainText, plain
from assistant.understanding.lexicon import DATA, Lexicon, shipped_lexicon
from assistant.understanding.mood import read_mood
from assistant.understanding.products import shipped_products
from assistant.understanding.reading import FactValue, IntentScore, Mention, Mood, Reading, Vector
from assistant.understanding.training import QueryEncoder
from knowledge.errors import Unavailable
from knowledge.text import Language, Text

ENCODED = 320
"""Characters that the encoder looks at. Who writes more has said what it is about by then, and time grows with
length."""
REMEMBERED = 2048
"""Readings kept for messages that come again."""
ORDER_QUESTIONS = ("order", "parcel")
WISH_QUESTION = "wish"
_PERSON_INTENT, _PERSON_FLAG = "act.person", "asks_for_person"
_INTENT_OF_WISH = {"price_protection": "claim.price", "invoice": "order.invoice"}


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The light in which a message is read.

    `asked` is the fact that was just asked, or `order`, `parcel`, `wish`, `proposal`; `options` are the ids offered, in
    their order. `has_proposal` says that a proposal awaits the buyer's yes or no.
    """

    today: date
    asked: str | None = None
    options: tuple[str, ...] = ()
    language_hint: Language | None = None
    has_proposal: bool = False


@dataclass(frozen=True, slots=True)
class ReadingHeads:
    """The trained heads that read intents, moods and flags."""

    intents: Heads
    moods: Heads
    guards: Heads


class FactOption(Protocol):
    """A value of a fact with its label, as a catalogue has it."""

    @property
    def value(self) -> str | bool:
        """The value."""
        ...

    @property
    def label(self) -> Text:
        """How it is shown on a chip."""
        ...

    @property
    def phrases(self) -> Mapping[Language, tuple[str, ...]]:
        """What people type to say it."""
        ...

    @property
    def by(self) -> str:
        """Whose it is to say: a `buyer`'s, or only a `merchant`'s."""
        ...


class AskableFact(Protocol):
    """A fact as a catalogue has it."""

    @property
    def name(self) -> str:
        """Its full name."""
        ...

    @property
    def type(self) -> str:
        """`bool`, `enum`, `date`, `money` and so on."""
        ...

    @property
    def known_by(self) -> str:
        """Who can tell it; only the buyer's facts are read from messages."""
        ...

    @property
    def when_asked(self) -> bool:
        """True when its phrases are read from an answer alone."""
        ...

    @property
    def options(self) -> Sequence[FactOption]:
        """The values it can have; empty when any will do."""
        ...


@dataclass(frozen=True, slots=True)
class FactWords:
    """What people say of facts: phrases by fact and value, and the question that each fact is asked with."""

    phrases: Phrases
    questions: Mapping[str, AskedQuestion]


def words_of_facts(facts: Iterable[AskableFact]) -> FactWords:
    """The words of the facts that buyers can tell, both languages together, since people mix them."""
    phrases: dict[str, dict[FactValue, Sequence[str]]] = {}
    questions = {}
    for fact in facts:
        if fact.known_by != "buyer":
            continue
        heard = [option for option in fact.options if option.by == "buyer"]
        both: dict[FactValue, Sequence[str]] = {
            option.value: tuple(chain.from_iterable(option.phrases.values())) for option in heard
        }
        phrases[fact.name] = {} if fact.when_asked else both
        options = tuple(AnswerOption(o.value, (o.label.zh, o.label.en, *both[o.value])) for o in heard)
        questions[fact.name] = AskedQuestion(fact.name, fact.type, options)
    return FactWords(phrases, questions)


@lru_cache(maxsize=1)
def shipped_heads() -> ReadingHeads:
    """The heads that come with Fairdesk, loaded once. Raises Unavailable when they were not built."""
    return ReadingHeads(*(load_heads(DATA, f"{name}-heads") for name in ("intent", "mood", "guard")))


def load_short_messages(path: Path = DATA / "short.yaml") -> dict[str, str]:
    """Short messages to the intent that each stands for."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {_bare(str(message)): intent for intent, messages in content.items() for message in messages}


def _bare(text: str) -> str:
    """A short message without what changes nothing: punctuation, capitals, spaces, tildes."""
    return re.sub(r"[\s,，.。!！~～…、;；]+", " ", text.lower().replace("’", "'")).strip()


class EmbeddedReader:
    """Reads without a language model, offline. May be shared between threads.

    Without an encoder it reads by words alone: short messages, facts, mentions and cues, with low confidence.
    """

    name = "embedded"

    def __init__(
        self, encoder: QueryEncoder | None, heads: ReadingHeads, words: FactWords, lexicon: Lexicon | None = None
    ) -> None:
        self._encoder, self._heads, self._words = encoder, heads, words
        self._lexicon = lexicon or shipped_lexicon()
        self._short = load_short_messages()
        self._remembered: OrderedDict[tuple[str, ReadingContext], Reading] = OrderedDict()
        self._lock = Lock()

    async def read(self, text: str, context: ReadingContext) -> Reading:
        """What the text says. What needs the encoder runs in a thread, so that other conversations go on."""
        known = self._recall(text, context)
        quick = known or self._read_at_a_glance(plain(text, context.language_hint), context)
        return quick if quick is not None else await asyncio.to_thread(self.read_now, text, context)

    def read_now(self, text: str, context: ReadingContext) -> Reading:
        """What the text says, on this thread."""
        known = self._recall(text, context)
        if known:
            return known
        said = plain(text, context.language_hint)
        reading = self._read_at_a_glance(said, context) or self._read_closely(said, context)
        with self._lock:
            self._remembered[text, context] = reading
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return reading

    def _recall(self, text: str, context: ReadingContext) -> Reading | None:
        with self._lock:
            return self._remembered.get((text, context))

    # --- at a glance ------------------------------------------------------------------------------

    def _read_at_a_glance(self, said: PlainText, context: ReadingContext) -> Reading | None:
        """The reading of a message that means one thing, or None when a closer look is needed."""
        if not said.text:
            return Reading("", said.language, flags=frozenset({"empty"}), confidence=1.0)
        intent = self._short.get(_bare(said.text))
        answer = self._exact_answer(said.text, context)
        if intent is None and answer is None:
            return None
        facts = {_answer_key(context): answer} if answer is not None else {}
        scores = (IntentScore(intent, 0.99),) if intent and answer is None else ()
        mood = Mood("thankful", 0.9) if intent == "chat.thanks" else Mood("calm", 0.9)
        reading = Reading(said.text, said.language, scores, facts, mood=mood, confidence=0.99)
        return self._settled(reading, context)

    def _exact_answer(self, text: str, context: ReadingContext) -> FactValue | None:
        """The value whose label or name is the whole message: what tapping a chip sends."""
        question = self._question(context)
        if question is None:
            return None
        bare = _bare(text)
        fits = (o.value for o in question.options if bare in {_bare(w) for w in (*o.words[:2], str(o.value))})
        return next(fits, None)

    # --- closely ----------------------------------------------------------------------------------

    def _read_closely(self, said: PlainText, context: ReadingContext) -> Reading:
        text = said.text
        mentions = _outside_links(_with_products(find_mentions(text, context.today), text), text)
        flags = worded_flags(text, mentions, self._lexicon) | ({"cut"} if said.cut else set())
        facts = read_facts(text, self._words.phrases)
        reading = Reading(text, said.language, facts=facts, mentions=mentions, flags=frozenset(flags))
        vector = self._vector(text)
        if vector is not None:
            reading = self._by_heads(reading, vector)
        return self._settled(self._answered(reading, context), context)

    def _vector(self, text: str) -> Vector | None:
        if self._encoder is None:
            return None
        try:
            return self._encoder.query(_in_words(text)[:ENCODED])
        except Unavailable:
            return None  # words alone then; the search makes the same choice

    def _by_heads(self, reading: Reading, vector: Vector) -> Reading:
        text, heads = _in_words(reading.text), self._heads
        excused = self._lexicon.flags_excused_in(text)
        worded = [IntentScore(name, _SURE_OF_WORDS) for name in self._lexicon.intents_in(text)]
        scored = heads.intents.scores(text, vector)
        beside = (one for one in scored if not worded or one.probability >= _SURE_OF_PART)  # the words have said it
        intents = (*worded, *beside, *self._further_wishes(text))
        if _PERSON_FLAG in excused:
            intents = tuple(i for i in intents if i.name != _PERSON_INTENT)
        intents = _each_once(intents) or _problem_told(reading)
        return replace(
            reading,
            intents=intents,
            mood=read_mood(text, vector, heads.moods, self._lexicon),
            flags=reading.flags | (trained_flags(text, vector, heads.guards) - excused),
            confidence=round(min(1.0, sum(i.probability for i in intents)), 4),
            vector=vector,
        )

    def _further_wishes(self, text: str) -> Iterator[IntentScore]:
        """What is wished for after "还有" or "and also": each part of such a message is read by itself."""
        parts = [part for part in _AND_ALSO.split(text[:ENCODED]) if len(part.strip()) >= _SHORTEST_WISH]
        for part in parts[:_MOST_WISHES] if len(parts) > 1 else ():
            vector = self._vector(part)
            scores = self._heads.intents.scores(part, vector) if vector is not None else ()
            yield from (s for s in scores[:1] if s.name.startswith(_WISHES) and s.probability >= _SURE_OF_PART)

    # --- in the light of what was asked -----------------------------------------------------------

    def _question(self, context: ReadingContext) -> AskedQuestion | None:
        """What was asked, with its options, or None when nothing was that a value could answer."""
        if context.asked is None:
            return None
        if context.asked in self._words.questions:
            return self._words.questions[context.asked]
        options = tuple(AnswerOption(option) for option in context.options)
        return AskedQuestion(context.asked, "choice", options) if options else None

    def _answered(self, reading: Reading, context: ReadingContext) -> Reading:
        question = self._question(context)
        value = read_answer(reading.text, question, reading.mentions) if question else None
        if value is None:
            return reading
        facts = {**reading.facts, _answer_key(context): value}
        kept = tuple(i for i in reading.intents if _stands_beside_answer(i, reading.text))
        return replace(reading, facts=facts, intents=kept, confidence=max(reading.confidence, 0.9))

    def _settled(self, reading: Reading, context: ReadingContext) -> Reading:
        """The reading with acts made sure: a yes to a proposal is strict, and a person asked for is never lost."""
        reading = _with_wish(reading, context)
        reading = _with_consent(reading) if context.has_proposal else self._with_yes_or_no(reading, context)
        if reading.intent == _PERSON_INTENT:
            return replace(reading, flags=reading.flags | {_PERSON_FLAG})
        if _PERSON_FLAG in reading.flags and not reading.has(_PERSON_INTENT):
            return replace(reading, intents=(*reading.intents, IntentScore(_PERSON_INTENT, 0.9)))
        return reading

    def _with_yes_or_no(self, reading: Reading, context: ReadingContext) -> Reading:
        """After a yes-or-no question "嗯" is a fact."""
        question = self._words.questions.get(context.asked or "")
        if question is None or question.type != "bool" or question.name in reading.facts:
            return reading
        value = read_answer(reading.text, question, reading.mentions)
        return reading if value is None else replace(reading, facts={**reading.facts, question.name: value})


def _in_words(text: str) -> str:
    """What the buyer says, without the links in it: their letters and digits mean nothing to the heads."""
    return re.sub(r"\s{2,}", " ", LINK.sub(" ", text)).strip() or text


def _outside_links(mentions: tuple[Mention, ...], text: str) -> tuple[Mention, ...]:
    """The mentions without what only looks like one inside a link; the product that a link leads to stays."""
    links = [link.span() for link in LINK.finditer(text)]
    return tuple(
        one for one in mentions
        if one.kind == "product_id" or all(one.end <= start or one.start >= end for start, end in links)
    )


def _answer_key(context: ReadingContext) -> str:
    """Which fact an answer tells; a parcel asked for is an order chosen."""
    return "order" if context.asked in ORDER_QUESTIONS else context.asked or ""


_AND_ALSO = re.compile(
    r"[，,。;；\s]*(?:还有(?!没|什么|多|几|货)|另外|顺便|再就是|同时)[，,]?"
    r"|[,.;]?\s*\band (?:also|i also|i want|please|can you)\b|\balso\b",
    re.IGNORECASE,
)
_WISHES = ("claim.", "order.", "case.", "ask.")
_SHORTEST_WISH, _MOST_WISHES, _SURE_OF_PART = 5, 3, 0.6
_SURE_OF_WORDS = 0.97
_PROBLEMS = frozenset(
    {"quality", "damaged", "missing", "wrong_item", "not_as_described", "spoiled", "allergy", "counterfeit"}
)


def _each_once(intents: Iterable[IntentScore]) -> tuple[IntentScore, ...]:
    """The intents by probability, each name once."""
    best: dict[str, IntentScore] = {}
    for intent in sorted(intents, key=lambda i: -i.probability):
        best.setdefault(intent.name, intent)
    return tuple(best.values())


def _problem_told(reading: Reading) -> tuple[IntentScore, ...]:
    """Goods named with what is wrong with them are a problem told, even where the heads know no intent."""
    told = reading.facts.get("claim.reason") in _PROBLEMS and bool(reading.of_kind("product"))
    return (IntentScore("claim.problem", 0.5),) if told else ()


def _stands_beside_answer(intent: IntentScore, text: str) -> bool:
    """True for what may come with an answer: a wish, a correction, a person. "没拍" answers, and drops nothing."""
    if intent.name in ("act.person", "act.correct"):
        return True
    if intent.name.startswith(("act.", "chat.")):
        return False
    return intent.probability >= _SURE_BESIDE_ANSWER or len(text) > _SHORT_ANSWER


_SURE_BESIDE_ANSWER, _SHORT_ANSWER = 0.8, 16


def _with_products(mentions: tuple[Mention, ...], text: str) -> tuple[Mention, ...]:
    """The mentions with the goods that are named, where nothing else was found."""
    goods = (
        Mention("product", text[n.start : n.end], n.start, n.end, text[n.start : n.end].lower(), 0.8)
        for n in shipped_products().goods.named_in(text)
    )
    free = (g for g in goods if all(g.end <= m.start or g.start >= m.end for m in mentions))
    return tuple(sorted((*mentions, *free), key=lambda m: m.start))


def _with_wish(reading: Reading, context: ReadingContext) -> Reading:
    """A wish chosen from a list ("第二个") becomes the intent that it stands for."""
    wish = reading.facts.get(WISH_QUESTION) if context.asked == WISH_QUESTION else None
    if not isinstance(wish, str):
        return reading
    intent = IntentScore(_INTENT_OF_WISH.get(wish, f"claim.{wish}"), 0.95)
    return replace(reading, intents=(intent, *(i for i in reading.intents if i.name != intent.name)))


def _with_consent(reading: Reading) -> Reading:
    """Before a proposal, `act.confirm` is there exactly when the words are an unambiguous yes."""
    consent = read_consent(reading.text)
    others = tuple(i for i in reading.intents if i.name != "act.confirm")
    if consent == "unclear":
        return replace(reading, intents=others)
    if consent == "no" and any(i.name in ("act.refuse", "act.cancel") for i in others[:1]):
        return replace(reading, intents=others)
    said = IntentScore("act.confirm" if consent == "yes" else "act.refuse", 0.99)
    return replace(reading, intents=(said, *(i for i in others if i.name.startswith("act.person"))), confidence=0.99)


class _Catalog(Protocol):
    """As much of a catalogue of facts as the reader needs."""

    @property
    def facts(self) -> Mapping[str, AskableFact]:
        """All facts by name."""
        ...


def embedded_reader(catalog: _Catalog, encoder: QueryEncoder | None) -> EmbeddedReader:
    """The embedded reader with the shipped heads and lexicon, for a catalogue of facts."""
    return EmbeddedReader(encoder, shipped_heads(), words_of_facts(catalog.facts.values()))
