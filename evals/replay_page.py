"""A comparison of two rule books as one page: self-contained, without script, Chinese and English side by side."""

from collections.abc import Mapping
from html import escape

from assistant.currency import money
from assistant.decisions.compare import Comparison, Flip, Side, Tally
from evals import plots
from evals.page import badge, both, frame, section
from knowledge.text import Text

MOST_ROWS = 500
"""How many cases the table names, those with the most money first."""

_COLUMNS = (
    Text("用例", "case"), Text("诉求", "claim"), Text("品类", "category"), Text("旧", "old"), Text("新", "new"),
    Text("差额", "difference"),
)


def replay_page(comparison: Comparison, old: str, new: str, broken: tuple[str, ...] = ()) -> str:
    """The whole page; `old` and `new` name the books, `broken` are the bounds of a gate that were passed."""
    total, currency = comparison.total, comparison.currency
    verdict = badge(not broken, Text("在界限内", "within bounds"), Text("超出界限", "beyond bounds"))
    told = "".join(f"<li class='bad'>{escape(one)}</li>" for one in broken)
    figures = (
        f"{comparison.cases} {both(Text('例', 'cases'))} · {total.flips} {both(Text('例改变', 'changed'))} · "
        f"{both(Text('买家多得', 'buyers get more'))} {money(total.more, currency)} · "
        f"{both(Text('买家少得', 'buyers get less'))} {money(total.less, currency)}"
    )
    parts = [
        f"<h1>规则对比 Rule books compared {verdict}</h1>",
        f"<p class='quiet'>{escape(old)} → {escape(new)}</p><p>{figures}</p><ul>{told}</ul>",
        section(Text("结论变化", "Outcomes that changed"), _counted(comparison.by_change)),
        section(Text("按规则", "By rule"), _balanced(comparison.by_rule, currency)),
        section(Text("按行业", "By industry"), _balanced(comparison.by_category, currency)),
        section(Text("逐例", "Case by case"), _table(comparison)),
    ]
    return frame("Fairdesk: rule books compared", "".join(parts))


def _counted(tallies: Mapping[str, Tally]) -> str:
    return plots.counts("changes", {name: tally.flips for name, tally in tallies.items()}) if tallies else "<p>—</p>"


def _balanced(tallies: Mapping[str, Tally], currency: str) -> str:
    """A plot of the money gained and lost, and how many cases that were."""
    if not tallies:
        return "<p>—</p>"
    values = {f"{name or '—'} · {tally.flips}": (tally.more, tally.less) for name, tally in tallies.items()}
    return plots.balances("money gained and lost", values, lambda fen: signed(fen, currency))


def _table(comparison: Comparison) -> str:
    ordered = sorted(comparison.flips, key=lambda flip: (-abs(flip.fen), flip.case))
    rows = "".join(_row(flip, comparison.currency) for flip in ordered[:MOST_ROWS])
    head = "".join(f"<th scope='col'>{both(column)}</th>" for column in _COLUMNS)
    rest = len(ordered) - MOST_ROWS
    more = f"<p class='quiet'>… {rest} {both(Text('例未列出', 'more not listed'))}</p>" if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _row(flip: Flip, currency: str) -> str:
    kind = "bad" if flip.fen < 0 else "good" if flip.fen > 0 else "quiet"
    cells = (escape(flip.case), escape(flip.claim), escape(flip.category), _side(flip.before), _side(flip.after))
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr>{told}<td class='{kind}'>{escape(signed(flip.fen, currency))}</td></tr>"


def _side(side: Side) -> str:
    """What a book said: the outcome, the remedy, and the rule in small print."""
    said = " · ".join(part for part in (side.outcome, side.remedy, side.return_freight) if part)
    return f"{escape(said)}<br><small>{escape(side.rule or '')}</small>"


def signed(fen: int, currency: str) -> str:
    """An amount with its sign, plus included."""
    return ("+" if fen > 0 else "") + money(fen, currency)
