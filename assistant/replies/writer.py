"""The embedded writer: templates, then the checker."""

import logging

from assistant.planning.step import AnswerQuestion, Situation, Step
from assistant.replies.checker import unsupported
from assistant.replies.compose import compose
from assistant.replies.reply import Button, Choice, Reply
from assistant.replies.templates import label, say
from assistant.replies.voice import Done, Voice

log = logging.getLogger(__name__)


class EmbeddedWriter:
    """Words replies from templates; what fails the check is replaced by a safe word and the offer of a person."""

    name = "embedded"

    async def write(self, step: Step, done: Done, situation: Situation, voice: Voice) -> Reply:
        """The reply for a step that was acted on, checked."""
        reply = compose(step, done, situation, voice)
        wrong = unsupported(reply.text, sources_of(step, done, situation, voice, reply), voice.zone)
        if not wrong:
            return reply
        log.error("numbers without a source in a reply", extra={"numbers": wrong, "step": reply.step})
        return safe_reply(voice)


def sources_of(step: Step, done: Done, situation: Situation, voice: Voice, reply: Reply) -> list[object]:
    """Where a reply's numbers may come from: the clauses that it cites, what was decided and done, and the orders.

    An answer to a question may take them from its clauses alone.
    """
    ids = [one.clause for one in reply.citations]
    cited = [(clause.text, clause.title, clause.id) for clause in map(voice.clause, ids) if clause]
    if isinstance(step, AnswerQuestion):
        return [cited, _KNOWN]
    asked = [voice.catalog.fact(reply.asks).ask] if reply.asks in voice.catalog.names else []
    return [cited, _KNOWN, asked, step, done, situation.orders, situation.cases, situation.buyer.name]


def safe_reply(voice: Voice) -> Reply:
    """What is said when nothing else may be: sorry, and a person."""
    person = Button(label("person", voice.language), answer=Choice(intent="act.person"))
    return Reply(say("sorry_failed", voice.language), language=voice.language, buttons=(person,), step="Failed")


_KNOWN = ("12356 120 110 12315",)
"""Public hotlines that templates name."""
