"""The report as one page: self-contained, without script, in Chinese and English beside each other."""

import json
from collections import Counter
from collections.abc import Iterable
from html import escape

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
    named = {_both(CAUSES[cause]): count for cause, count in causes.items()}
    verdict = _badge(run.ok, Text("全部达标", "all floors reached"), Text("有未达标", "floors missed"))
    parts = [
        f"<h1>公道台评测 <span lang='en'>Fairdesk evals</span> {verdict}</h1>",
        f"<p class='quiet'>{escape(run.started_at[:16])} UTC · {escape(run.version)} · {escape(run.reader)} · {run.seconds:.1f} s</p>",
        _section(Text("通过率与 95% 区间", "Pass rates with 95% intervals"), plots.pass_rates(run.suites)),
        _section(Text("失败原因（用例数）", "Why cases failed"), plots.counts("causes", named) if named else "<p>—</p>"),
        *map(_suite, run.suites),
    ]
    return _frame("".join(parts))


def _suite(suite: SuiteResult) -> str:
    """One suite: figures, what was missed, failed cases with all they did, passed ones by name."""
    failed = [case for case in suite.cases if not case.passed]
    passed = [case for case in suite.cases if case.passed]
    missed = "".join(f"<li class='bad'>{escape(one)}</li>" for one in suite.missed)
    title = f"{escape(suite.name)} <small>{_both(KINDS[suite.kind])} · {len(passed)}/{len(suite.cases)} · k={suite.k}</small>"
    badge = _badge(suite.ok, Text("达标", "ok"), Text("未达标", "missed"))
    names = "".join(f"<li>{escape(case.name)}</li>" for case in passed)
    return (
        f"<section id='{escape(suite.name)}'><h2>{title} {badge}</h2><p class='quiet'>{escape(suite.about)}</p>"
        f"<ul>{missed}</ul>{plots.figures(suite)}{_table(suite)}{_situations(suite.cases)}"
        f"{''.join(map(_failed, failed))}"
        f"<details><summary>{_both(Text('通过的用例', 'Passed cases'))} ({len(passed)})</summary><ul>{names}</ul></details></section>"
    )


def _table(suite: SuiteResult) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{one.value:.3f}</td><td>{_span(one)}</td><td>{one.n}</td>"
        f"<td>{suite.floors.get(name, '')}</td></tr>"
        for name, one in suite.figures.items()
    )
    heads = (Text("指标", "figure"), Text("值", "value"), Text("95% 区间", "95% interval"), Text("数量", "n"), Text("下限", "floor"))
    head = "".join(f"<th scope='col'>{_both(one)}</th>" for one in heads)
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
    cells = " ".join(
        f"<span class='{'chip' if right[tag] == tried[tag] else 'chip bad'}'>{escape(tag)} {right[tag]}/{tried[tag]}</span>"
        for tag in sorted(tried)
    )
    return f"<p>{cells}</p>"


def _failed(case: CaseResult) -> str:
    """A failed case: what was wanted and came, and the whole of what happened."""
    trial = case.worst
    told = "".join(
        f"<li><b>{_both(CAUSES[one.cause])}</b> {escape(one.message)}</li>" for one in trial.failures
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


def _section(title: Text, body: str) -> str:
    return f"<section><h2>{_both(title)}</h2>{body}</section>"


def _badge(ok: bool, good: Text, bad: Text) -> str:
    return f"<span class='badge {'good' if ok else 'bad'}'>{_both(good if ok else bad)}</span>"


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def _frame(body: str) -> str:
    return (
        "<!doctype html><html lang='zh'><head><meta charset='utf-8'><title>Fairdesk evals</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


_STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --quiet: #5d6779; --paper: #fbfbfa; --line: #dfe3ea; --good: #1a7f4e;
  --bad: #b3261e; --mark: #2f5fd0; --soft: #eef2fb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --quiet: #9aa4b5; --paper: #14171d; --line: #2d333f;
  --good: #58c98f; --bad: #ff8a80; --mark: #8fb0ff; --soft: #1e2431; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 32px 20px 80px; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin-top: 40px; } small, .quiet { color: var(--quiet); font-weight: 400; }
svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 12px; } svg .tick { fill: var(--quiet); font-size: 11px; }
.grid { stroke: var(--line); } .span { stroke: var(--mark); stroke-width: 3; opacity: .45; } .dot, .bar { fill: var(--mark); }
.floor { stroke: var(--quiet); stroke-width: 2; } svg .bad { fill: var(--bad); }
.badge, .chip { border-radius: 999px; padding: 2px 10px; font-size: 12px; font-weight: 500; background: var(--soft); white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
table { border-collapse: collapse; width: 100%; margin: 12px 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line); font-weight: 400; }
details { margin: 8px 0; } summary { cursor: pointer; } .failed > summary { color: var(--bad); }
pre { overflow: auto; max-height: 360px; background: var(--soft); padding: 12px; border-radius: 8px; font-size: 12px; }
.talk p { margin: 6px 0; padding: 8px 12px; border-radius: 10px; max-width: 80%; width: fit-content; }
.buyer { background: var(--mark); color: var(--paper); margin-left: auto !important; } .reply { background: var(--soft); }
"""
