"""Questions: answered from the knowledge with its clauses, or owned to be not covered."""

from dataclasses import replace

from assistant.planning.mind import Mind
from assistant.planning.step import AnswerQuestion, NotCovered, Plan, Situation
from assistant.understanding.reading import Reading
from knowledge.answers import Answer
from knowledge.search import SearchQuery
from knowledge.service import Answered, Knowledge

FOLLOW_UP_LENGTH = 24
TOO_SHORT_TO_ASK = 4
UNANSWERABLE = frozenset({"gibberish", "injection", "abuse"})


def on_question(reading: Reading, situation: Situation, mind: Mind) -> Plan | None:
    """A question, or words that are no known intent: the knowledge answers, or says that it can't."""
    state = situation.state
    asks = reading.has("ask") or reading.has("order") or reading.has("case") or reading.has("shop")
    if not asks and (reading.flags & UNANSWERABLE or reading.intent.startswith(("act.", "chat."))):
        return None
    question = reading.text
    answer, nearest = answer_of(mind.knowledge, question, situation)
    if answer is None and state.topic and len(question) <= FOLLOW_UP_LENGTH:
        answer, nearest = answer_of(mind.knowledge, f"{state.topic} {question}", situation)
    if answer:
        return Plan(AnswerQuestion(question, answer), replace(state, topic=question, misses=0))
    if asks or not (state.asked or is_upset(reading)):
        return Plan(NotCovered(question, nearest), replace(state, misses=state.misses + 1))
    return None


def is_upset(reading: Reading) -> bool:
    """True when the words are more feeling than question: "what is this rubbish" wants no policy."""
    return reading.mood.name in ("angry", "distressed") or "abuse" in reading.flags


def answer_of(
    knowledge: Knowledge, question: str, situation: Situation
) -> tuple[Answer | None, tuple[str, ...]]:
    """The answer to a question, or None with the nearest clauses when it isn't covered."""
    query = SearchQuery(
        question, situation.today, situation.language, tenant=situation.tenant,
        shop=shop_in_view(situation),
    )
    asked = knowledge.ask(query)
    found = asked.answer if isinstance(asked, Answered) else None
    return found, tuple(hit.clause.id for hit in asked.hits[:3])


def shop_in_view(situation: Situation) -> str:
    """The shop whose goods the dialogue is about, whose own promises count; "" when it is about none."""
    state = situation.state
    about = [task.order_id for task in (state.task, state.last) if task and task.order_id] + [state.page_order_id]
    order = situation.order(about[0]) if about[0] else None
    return order.shop_id if order else ""
