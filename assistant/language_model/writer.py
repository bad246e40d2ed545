"""Writing with the model: a draft that is complete and checked, put into other words where that can do no harm."""

import logging
from dataclasses import replace

from assistant.language_model.endpoint import Endpoint, Prompt
from assistant.language_model.wording_check import why_not
from assistant.planning.step import AnswerQuestion, AskFact, AskOrder, AskWish, Clarify, Situation, Step
from assistant.replies.reply import Reply
from assistant.replies.voice import Done, Voice
from assistant.services import Writer
from assistant.understanding.outbound import may_leave, outbound

REWORDED = (AnswerQuestion, AskFact, AskOrder, AskWish, Clarify)
"""Answers and questions. Every other step says what was done, what binds, or who speaks, and keeps its exact words."""

log = logging.getLogger(__name__)


class ModelWriter:
    """Words replies with the model from the embedded writer's drafts; citations, cards and buttons stay as they are."""

    name = "language-model"

    def __init__(self, endpoint: Endpoint, embedded: Writer) -> None:
        self._endpoint, self._embedded = endpoint, embedded

    async def write(self, step: Step, done: Done, situation: Situation, voice: Voice) -> Reply:
        """The embedded reply, in the model's words where those say the same."""
        reply = await self._embedded.write(step, done, situation, voice)
        if not isinstance(step, REWORDED) or reply.step != type(step).__name__ or not may_leave(reply.text):
            return reply
        words = await self._endpoint.ask(_prompt(reply))
        broken = why_not(words, reply.text, reply.language) if words else None
        if broken:
            log.info("the language model's words were not used: %s", broken)
        return reply if broken or not words else replace(reply, text=words)


def _prompt(reply: Reply) -> Prompt:
    language = "Chinese" if reply.language == "zh" else "English"
    rules = (
        f"Rewrite the draft of a shop's after-sales assistant in warm, plain, short {language}. Keep every number, "
        "date and mark such as [1] exactly and in its order. Add no fact, no promise, no number and no greeting; leave "
        "out nothing. Answer with the new text only."
    )
    return [("system", rules), ("user", outbound(reply.text))]
