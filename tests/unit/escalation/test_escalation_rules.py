"""Escalation: each shipped rule on its case and not on a near miss; a platform's own rules over the shipped ones."""

from pathlib import Path
from textwrap import dedent

import pytest

from assistant.conversation import DialogueState
from assistant.decisions.decision import Amount, Decision
from assistant.escalation.rules import EscalationBook, escalate, fired, load_escalation, wants_approval
from assistant.understanding.reading import IntentScore, Mood, MoodName, Reading
from knowledge.errors import BadKnowledge
from tests.fakes.clock import NOW
from tests.fakes.scenes import decided

BOOK = load_escalation()


def said(
    *flags: str, intent: str = "", mood: MoodName = "calm", misses: int = 0, angry: int = 0,
    decision: Decision | None = None, book: EscalationBook = BOOK,
) -> list[str]:
    """The rules that hold for a message in a conversation."""
    intents = (IntentScore(intent, 0.9),) if intent else ()
    reading = Reading("…", "zh", intents, mood=Mood(mood, 0.9), flags=frozenset(flags))
    return list(fired(book, reading, DialogueState(misses=misses, angry_turns=angry), decision))


CASES = {
    "self_harm": (said("self_harm"), said("threat")),
    "safety": (said("safety"), said("personal_data")),
    "asks_for_person": (said("asks_for_person"), said(intent="act.rate")),
    "legal_threat": (said("legal_threat"), said("legal_threat", intent="ask.policy.dispute")),
    "threat": (said("threat"), said("abuse")),
    "vulnerable": (said("elderly", intent="claim.return"), said("elderly", intent="ask.policy.return")),
    "distressed": (said(mood="distressed"), said(mood="anxious")),
    "angry": (said(mood="angry", angry=2), said(mood="angry", angry=1)),
    "abuse": (said("abuse", angry=2), said("abuse", angry=1)),
    "no_progress": (said(misses=3), said(misses=2)),
    "review": (said(decision=Decision("review", "refund", NOW)), said(decision=Decision("ask", "refund", NOW))),
}


def test_every_shipped_rule_has_its_case_here() -> None:
    """No rule ships without a case that it is for and a near one that it is not for."""
    assert {rule.id for rule in BOOK.rules} == set(CASES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires_on_its_case_and_not_on_a_near_miss(rule: str) -> None:
    """Each reason to hand over holds exactly where it should."""
    case, near_miss = CASES[rule]
    assert rule in case
    assert rule not in near_miss


def test_over_a_thousand_yuan_a_second_person_approves() -> None:
    """A high amount is proposed like any other; it is the yes to it that a second person has to approve."""
    assert said(decision=decided(500_000)) == []
    assert wants_approval(BOOK, decided(100_001))
    assert not wants_approval(BOOK, decided(100_000))


def test_goods_that_come_back_first_want_no_approval() -> None:
    """A return of expensive goods needs no second look before the goods are back: no money moves yet."""
    assert not wants_approval(BOOK, decided(500_000, remedy="return_and_refund"))
    assert wants_approval(BOOK, decided(500_000, remedy="compensation"))


def test_a_calm_message_stays_with_the_assistant() -> None:
    """An ordinary message hands over to nobody, before and after a decision."""
    assert said(intent="claim.return") == []
    assert said(intent="claim.return", decision=decided()) == []


def test_rules_about_a_decision_stay_open_until_there_is_one() -> None:
    """Before planning nothing is known of a decision, and no rule about one fires."""
    reading = Reading("…", "zh")
    assert escalate(BOOK, reading, DialogueState()) is None
    assert escalate(BOOK, reading, DialogueState(), Decision("review", "refund", NOW)) is not None


def test_the_most_urgent_rule_wins() -> None:
    """Danger to a person comes before a wish for one, and the buyer goes to the queue for it."""
    reading = Reading("…", "zh", flags=frozenset({"asks_for_person", "self_harm", "legal_threat"}))
    handover = escalate(BOOK, reading, DialogueState())
    assert handover is not None
    assert (handover.rule, handover.queue, handover.priority) == ("self_harm", "care", 1)
    assert [rule.handover.priority for rule in BOOK.rules] == sorted(rule.handover.priority for rule in BOOK.rules)


def test_every_rule_leads_to_a_queue_with_a_name_and_hours() -> None:
    """No hand-over goes to a queue that nobody staffs."""
    for rule in BOOK.rules:
        assert rule.handover.queue in BOOK.queues, rule.id
        assert rule.handover.queue in BOOK.hours, rule.id
        assert rule.handover.reason.zh, rule.id
        assert rule.handover.reason.en, rule.id


def overlay(tmp_path: Path, text: str) -> EscalationBook:
    """The shipped book with a platform's own file over it."""
    path = tmp_path / "escalation.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return load_escalation(path)


def test_a_platform_changes_a_single_rule_by_its_id(tmp_path: Path) -> None:
    """A rule of the same id replaces ours, a new one is added, and all others stay."""
    book = overlay(tmp_path, """
        rules:
          - {id: angry, when: "message.mood == 'angry'", reason: {zh: 生气, en: Angry}, queue: care, priority: 1}
          - {id: minors, when: "'minor' in message.flags", reason: {zh: 未成年, en: A minor}, queue: care, priority: 1}
        """)
    assert said(mood="angry", angry=1, book=book) == ["angry"]
    assert said("minor", book=book) == ["minors"]
    assert {rule.id for rule in book.rules} == {*CASES, "minors"}


def test_a_platform_sets_a_figure_without_touching_the_rule(tmp_path: Path) -> None:
    """A new limit for high amounts is one line; so is a figure of one's own to go by."""
    book = overlay(tmp_path, "parameters: {high_amount_fen: 5000}")
    assert wants_approval(book, decided(5001))
    assert not wants_approval(book, decided(5000))
    book = overlay(tmp_path, "parameters: {ours: 700}\napproval: {over: ours, remedies: [refund]}")
    assert wants_approval(book, decided(701))
    assert not wants_approval(book, decided(701, remedy="compensation"))


def test_approval_over_a_figure_that_is_not_there_is_no_rule(tmp_path: Path) -> None:
    """A limit that names no parameter is refused when it is read, with the file."""
    with pytest.raises(BadKnowledge, match="no parameter `theirs`"):
        overlay(tmp_path, "approval: {over: theirs, remedies: [refund]}")


def test_a_platform_sets_its_own_hours_and_staff(tmp_path: Path) -> None:
    """Hours, queues and the number of agents are the platform's to set; what it leaves out stays ours."""
    book = overlay(tmp_path, """
        hours: {general: {from: "10:00", to: "18:00"}}
        queues: {vip: {zh: 贵宾, en: VIP}}
        agents_on_duty: 12
        """)
    assert str(book.hours["general"].opens) == "10:00:00"
    assert book.queues["vip"].en == "VIP"
    assert (book.agents_on_duty, book.seconds_a_conversation) == (12, BOOK.seconds_a_conversation)


RULE = "rules:\n  - {{id: mine, when: \"{when}\", reason: {{zh: 甲, en: a}}, queue: {queue}, priority: {priority}}}\n"


@pytest.mark.parametrize(
    ("text", "line", "said_of_it"),
    [
        ("rules:\n  - id: a\n    when: [\n", 4, "not YAML"),
        ("# note\n" + RULE.format(when="message.colour == 'red'", queue="general", priority=2), 3, "message.colour"),
        (RULE.format(when="message.intent ==", queue="general", priority=2), 2, "mine"),
        (RULE.format(when="buyer.credit_tier > 3", queue="general", priority=2), 2, "buyer.credit_tier"),
        (RULE.format(when="true", queue="nowhere", priority=2), 2, "nowhere"),
    ],
    ids=["broken YAML", "unknown fact", "broken condition", "a fact that is never told", "unknown queue"],
)
def test_a_faulty_rule_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, said_of_it: str) -> None:
    """Whoever edits the rules is told what is wrong and where."""
    with pytest.raises(BadKnowledge) as caught:
        overlay(tmp_path, text)
    assert caught.value.path.endswith("escalation.yaml")
    assert caught.value.line == line
    assert said_of_it in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        RULE.format(when="true", queue="general", priority=9), "- a list", "agents_on_duty: 0", "colour: red",
        'hours: {general: {from: "25:00", to: "26:00"}}', 'hours: {general: {from: "22:00", to: "06:00"}}',
    ],
    ids=["priority", "no mapping", "nobody on duty", "unknown key", "no time", "over midnight"],
)
def test_a_file_of_the_wrong_shape_is_refused(tmp_path: Path, text: str) -> None:
    """Figures that make no sense never reach a queue: the file is named and nothing is loaded."""
    with pytest.raises(BadKnowledge, match=r"escalation\.yaml"):
        overlay(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A path that cannot be read is an error, not an empty book."""
    with pytest.raises(BadKnowledge, match=r"missing\.yaml"):
        load_escalation(tmp_path / "missing.yaml")


def test_rules_whose_ids_begin_alike_are_told_apart(tmp_path: Path) -> None:
    """The line named is that of the faulty rule, not of one whose id begins in the same way."""
    good = "  - {id: mine-too, when: \"true\", reason: {zh: 甲, en: a}, queue: general, priority: 2}\n"
    bad = "  - {id: mine, when: \"no.such\", reason: {zh: 甲, en: a}, queue: general, priority: 2}\n"
    with pytest.raises(BadKnowledge) as caught:
        overlay(tmp_path, "rules:\n" + good + bad)
    assert caught.value.line == 3


def test_a_decision_without_money_wants_no_approval() -> None:
    """A grant that moves no money, such as a repair, is never held for its amount."""
    repair = Decision("grant", "repair", NOW, "repair")
    assert not wants_approval(BOOK, repair)
    assert said(decision=repair) == []
    assert said(decision=Decision("refuse", "refund", NOW, "refund", amount=Amount(200_000))) == []
