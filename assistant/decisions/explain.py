"""A decision and its proof as text, in Chinese or English, for the command line, the desk and the audit."""

from collections.abc import Iterable, Iterator

from assistant.currency import money
from assistant.decisions.decision import Amount, ConditionProof, Decision, Retention, RuleProof
from assistant.decisions.facts import FactCatalog, default_catalog
from assistant.decisions.vocabulary import Vocabulary, default_vocabulary
from assistant.decisions.windows import NOT_ANNOUNCED, UNANNOUNCED, moment
from assistant.decisions.workdays import parse_span
from knowledge.errors import BadInput
from knowledge.text import Language, Text

_MARKS = {"true": "✓", "false": "✗", "open": "?"}
_AMOUNT = Text("金额", "Amount")
_ASK = Text("请问", "To ask")
_EVIDENCE = Text("凭证", "Evidence")
_INSTEAD = Text("还可以", "Instead")
_RETENTION = Text("也可以选择（不影响上面的结果）", "On offer as well, and easy to decline")
_PROOF = Text("依据", "Proof")
_AFTER_RETURN = Text("商家收到退货后最晚{span}内退款", "refund within {span} of the goods being back")
_ADVANCE = Text("平台先行垫付 {money}", "advanced by the platform: {money}")


def explain(
    decision: Decision, language: Language,
    *, catalog: FactCatalog | None = None, words: Vocabulary | None = None,
) -> str:
    """The whole decision with its proof, one thing a line."""
    return "\n".join(_lines(decision, language, catalog or default_catalog(), words or default_vocabulary()))


def explain_short(decision: Decision, language: Language, *, words: Vocabulary | None = None) -> str:
    """The outcome in a line: what, how much, under which rule."""
    words = words or default_vocabulary()
    parts = [words.outcomes[decision.outcome].in_(language)]
    if decision.remedy:
        parts.append(words.remedies[decision.remedy].in_(language))
    if decision.amount:
        parts.append(money(decision.amount.fen, decision.amount.currency))
    if decision.title:
        parts.append(decision.title.in_(language))
    return " · ".join(parts)


def describe_condition(part: ConditionProof, language: Language, catalog: FactCatalog | None = None) -> str:
    """The facts that a condition looked at, with their labels: `签收时间 2026-06-13 12:00，申请时间 …`."""
    catalog = catalog or default_catalog()
    comma = "，" if language == "zh" else ", "
    return comma.join(_fact(name, value, language, catalog) for name, value in part.facts.items())


def _lines(decision: Decision, language: Language, catalog: FactCatalog, words: Vocabulary) -> Iterator[str]:
    yield explain_short(decision, language, words=words)
    yield from (f"  {text.in_(language)}" for text in decision.because)
    if decision.amount:
        yield from _amount(decision.amount, language)
    yield from _terms(decision, language, catalog, words)
    for wanted in decision.asks:
        ask = catalog.fact(wanted.name).ask
        yield f"  {_ASK.in_(language)}: {ask.in_(language) if ask else wanted.name}"
    if decision.retention:
        yield f"  {_RETENTION.in_(language)}: {_retention(decision.retention, language, words)}"
    for other in decision.alternatives:
        remedy, title = words.remedies[other.remedy].in_(language), other.title.in_(language)
        yield f"  {_INSTEAD.in_(language)}: {remedy} · {title}{' ?' if other.open else ''}"
    yield from (f"  {what_if.text.in_(language)}" for what_if in decision.counterfactuals)
    if decision.citations:
        yield "  " + " ".join(f"[{cite}]" for cite in decision.citations)
    yield f"{_PROOF.in_(language)}:"
    for rule in decision.proof:
        yield from _rule(rule, language, catalog, words)


def _retention(offer: Retention, language: Language, words: Vocabulary) -> str:
    """The gentler offer: what, how much, under which rule."""
    worth = [money(offer.amount.fen, offer.amount.currency)] if offer.amount else []
    return " · ".join([words.remedies[offer.remedy].in_(language), *worth, offer.title.in_(language)])


def _amount(amount: Amount, language: Language) -> Iterator[str]:
    """The arithmetic, when there is any."""
    yield f"  {_AMOUNT.in_(language)}: {money(amount.fen, amount.currency)}"
    if len(amount.lines) > 1:
        for line in amount.lines:
            yield f"    {line.label.in_(language)} {money(line.fen, amount.currency)}"
    if len(amount.split) > 1:
        for share in amount.split:
            yield f"    → {share.label.in_(language)} {money(share.fen, amount.currency)}"


def _terms(decision: Decision, language: Language, catalog: FactCatalog, words: Vocabulary) -> Iterator[str]:
    """Freight, evidence, dates, and what has no date yet."""
    if decision.return_freight:
        yield f"  {words.freight[decision.return_freight].in_(language)}"
    if decision.evidence:
        names = (words.evidence[e].in_(language) if e in words.evidence else e for e in decision.evidence)
        yield f"  {_EVIDENCE.in_(language)}: {'、'.join(names) if language == 'zh' else ', '.join(names)}"
    for deadline in decision.deadlines:
        zh, en = moment(deadline.at, decision.at, catalog.jurisdiction.calendar.zone)
        yield f"  {deadline.label.in_(language)} {zh if language == 'zh' else en}"
    yield from _notes(decision, language, words)


def _notes(decision: Decision, language: Language, words: Vocabulary) -> Iterator[str]:
    """The notes that concern people; others are for programs."""
    notes, currency = decision.notes, decision.amount.currency if decision.amount else "CNY"
    at_once = notes.get("at_once", "").split(",")
    yield from (f"  {words.at_once[name].in_(language)}" for name in at_once if name in words.at_once)
    if "refund_after_goods_back" in notes:
        span = parse_span(notes["refund_after_goods_back"]).in_(language)
        yield "  " + _AFTER_RETURN.in_(language).format(span=span)
    if "advance_fen" in notes:
        yield "  " + _ADVANCE.in_(language).format(money=money(int(notes["advance_fen"]), currency))
    if notes.items() >= NOT_ANNOUNCED.items():
        yield "  " + UNANNOUNCED.in_(language)


def _rule(rule: RuleProof, language: Language, catalog: FactCatalog, words: Vocabulary) -> Iterator[str]:
    """One rule: its mark, title and rank, then each part."""
    rank = words.ranks[rule.rank].in_(language)
    yield f"  {_MARKS[rule.truth]} {rule.title.in_(language)} ({rank}, {rule.rule})"
    yield from _parts(rule.conditions, "  ", language, catalog, words)
    yield from _parts(rule.exceptions, "- ", language, catalog, words)


def _parts(
    parts: Iterable[ConditionProof], lead: str, language: Language, catalog: FactCatalog, words: Vocabulary
) -> Iterator[str]:
    for part in parts:
        facts = _with_sources(part, language, catalog, words)
        yield f"    {lead}{_MARKS[part.truth]} {part.expression}" + (f"  ({facts})" if facts else "")


def _with_sources(part: ConditionProof, language: Language, catalog: FactCatalog, words: Vocabulary) -> str:
    """The facts that a condition looked at, each with who told it."""
    told = []
    for name, value in part.facts.items():
        source = words.sources[catalog.fact(name).known_by].in_(language) if name in catalog.names else "?"
        told.append(f"{_fact(name, value, language, catalog)} [{source}]" if value is not None
                    else _fact(name, value, language, catalog))
    return ("，" if language == "zh" else ", ").join(told)


def _fact(name: str, value: object, language: Language, catalog: FactCatalog) -> str:
    """A fact with its label and value; its bare name where the catalogue has changed since."""
    try:
        label = catalog.fact(name).label.in_(language)
        return f"{label} {catalog.describe(name, value, language)}"  # type: ignore[arg-type]  # proofs hold fact values
    except BadInput:
        return f"{name} {value}"
