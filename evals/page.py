"""The report as one page: self-contained, without script, in Chinese and English beside each other."""

import json
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path

from evals import plots
from evals.metrics import Figure
from evals.results import CaseResult, Run, SuiteResult
from knowledge.text import Text

KINDS = {
    "reading": Text("阅读", "Reading"), "search": Text("检索", "Search"), "answers": Text("回答", "Answers"),
    "decisions": Text("判定", "Decisions"), "dialogues": Text("对话", "Dialogues"), "safety": Text("安全", "Safety"),
}
CAUSES = {
    "unsafe write": Text("越权操作", "unsafe write"), "amount": Text("金额", "amount"), "rule": Text("规则", "rule"),
    "reading": Text("阅读", "reading"), "retrieval": Text("检索", "retrieval"), "dialogue": Text("对话", "dialogue"),
    "simulator": Text("剧本", "simulator"),
}


def page(run: Run) -> str:
    """The whole page."""
    causes: Counter[str] = sum((suite.causes for suite in run.suites), Counter())
    named = {both(CAUSES[cause]): count for cause, count in causes.items()}
    verdict = badge(run.ok, Text("全部达标", "all floors reached"), Text("有未达标", "floors missed"))
    origin = " · ".join((f"{run.started_at[:16]} UTC", run.version, run.reader))
    parts = [
        f"<h1>公道台评测 Fairdesk evals {verdict}</h1>",
        f"<p class='quiet'>{escape(origin)} · {run.seconds:.1f} s</p>",
        section(Text("通过率与 95% 区间", "Pass rates with 95% intervals"), plots.pass_rates(run.suites)),
        section(Text("失败原因", "Why cases failed"), plots.counts("causes", named) if named else "<p>—</p>"),
        *map(_suite, run.suites),
    ]
    return frame("Fairdesk evals", "".join(parts))


def _suite(suite: SuiteResult) -> str:
    """One suite: figures, what was missed, failed cases with all they did, passed ones by name."""
    failed = [case for case in suite.cases if not case.passed]
    passed = [case for case in suite.cases if case.passed]
    missed = "".join(f"<li class='bad'>{escape(one)}</li>" for one in suite.missed)
    size = f"{both(KINDS[suite.kind])} · {len(passed)}/{len(suite.cases)} · k={suite.k}"
    verdict = badge(suite.ok, Text("达标", "ok"), Text("未达标", "missed"))
    names = "".join(f"<li>{escape(case.name)}</li>" for case in passed)
    return (
        f"<section><h2>{escape(suite.name)} <small>{size}</small> {verdict}</h2>"
        f"<p class='quiet'>{escape(suite.about)}</p><ul>{missed}</ul>"
        f"{plots.figures(suite)}{_table(suite)}{_situations(suite.cases)}{''.join(map(_failed, failed))}"
        f"<details><summary>{both(_PASSED)} ({len(passed)})</summary><ul>{names}</ul></details></section>"
    )


def _table(suite: SuiteResult) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{one.value:.3f}</td><td>{_span(one)}</td><td>{one.n}</td>"
        f"<td>{suite.floors.get(name, '')}</td></tr>"
        for name, one in suite.figures.items()
    )
    head = "".join(f"<th scope='col'>{both(one)}</th>" for one in _COLUMNS)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _span(figure: Figure) -> str:
    return f"{figure.low:.3f} – {figure.high:.3f}" if figure.low is not None and figure.high is not None else ""


def _situations(cases: Iterable[CaseResult]) -> str:
    """Passed of all, by situation."""
    tried: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for case in cases:
        for tag in case.tags:
            tried[tag] += 1
            right[tag] += case.passed
    if not tried:
        return ""
    chips = [(tag, "chip" if right[tag] == tried[tag] else "chip bad") for tag in sorted(tried)]
    cells = [f"<span class='{kind}'>{escape(tag)} {right[tag]}/{tried[tag]}</span>" for tag, kind in chips]
    return f"<p>{' '.join(cells)}</p>"


def _failed(case: CaseResult) -> str:
    """A failed case: what was wanted and came, and the whole of what happened."""
    trial = case.worst
    told = "".join(
        f"<li><b>{both(CAUSES[one.cause])}</b> {escape(one.message)}</li>" for one in trial.failures
    )
    tags = " ".join(f"<span class='chip'>{escape(tag)}</span>" for tag in (case.language, *case.tags))
    tries = f"{sum(one.passed for one in case.trials)}/{len(case.trials)}"
    return (
        f"<details class='failed'><summary>✕ {escape(case.name)} {tags} <small>{tries}</small></summary><ul>{told}</ul>"
        f"{_talk(trial.detail)}<pre>{escape(json.dumps(trial.detail, ensure_ascii=False, indent=1))}</pre></details>"
    )


def _talk(detail: object) -> str:
    """The words of a dialogue, if it was one."""
    turns = detail.get("turns", ()) if isinstance(detail, dict) else ()
    lines = "".join(
        f"<p class='buyer'>{escape(one['said'])}</p><p class='reply'>{escape(one['reply'] or '…')}</p>" for one in turns
    )
    return f"<div class='talk'>{lines}</div>" if lines else ""


def section(title: Text, body: str) -> str:
    """A part of a page under its heading."""
    return f"<section><h2>{both(title)}</h2>{body}</section>"


def badge(ok: bool, good: Text, bad: Text) -> str:
    """A verdict beside a heading."""
    return f"<span class='badge {'good' if ok else 'bad'}'>{both(good if ok else bad)}</span>"


def both(text: Text) -> str:
    """Chinese and English beside each other."""
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def frame(title: str, body: str) -> str:
    """A whole page, with the style that all reports share."""
    return (
        f"<!doctype html><html lang='zh'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


_PASSED = Text("通过的用例", "Passed cases")
_COLUMNS = (
    Text("指标", "figure"), Text("值", "value"), Text("95% 区间", "95% interval"), Text("数量", "n"),
    Text("下限", "floor"),
)
_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
