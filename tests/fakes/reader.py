"""A reader that reads by a script, can be held up while it reads, and can fail."""

import asyncio
from dataclasses import replace

from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import IntentScore, Reading

SCRIPT = {
    "你好": Reading("", "zh", (IntentScore("chat.greet", 0.99),), confidence=0.99),
    "hello": Reading("", "en", (IntentScore("chat.greet", 0.99),), confidence=0.99),
    "好的": Reading("", "zh", (IntentScore("act.confirm", 0.99),), confidence=0.99),
    "不要了": Reading("", "zh", (IntentScore("act.refuse", 0.99),), confidence=0.99),
    "转人工": Reading("", "zh", flags=frozenset({"asks_for_person"}), confidence=0.99),
}
GREETING = SCRIPT["你好"]


class FakeReader:
    """Reads a burst by its last line; what isn't in the script reads like a greeting.

    Reading waits while `gate` is shut, `began` gives each text as its reading begins, and `faults` are raised in turn
    by the next readings.
    """

    name = "fake"

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.began: asyncio.Queue[str] = asyncio.Queue()
        self.faults: list[Exception] = []

    async def read(self, text: str, context: ReadingContext) -> Reading:
        """What the script says."""
        self.began.put_nowait(text)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        lines = text.splitlines() or [""]
        return replace(SCRIPT.get(lines[-1], GREETING), text=text)
