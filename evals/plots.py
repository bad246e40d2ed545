"""Small plots as inline SVG: no script, no outside resource, readable in light and dark."""

from collections.abc import Callable, Mapping
from html import escape

from evals.metrics import Figure
from evals.results import SuiteResult

ROW = 26
LEFT, WIDTH, RIGHT = 270, 360, 130


def pass_rates(suites: tuple[SuiteResult, ...]) -> str:
    """Each suite's pass rate with its 95% interval, and a tick where its floor is."""
    rows = [
        _interval(place, f"{suite.name} · {len(suite.cases)}", suite.figures["passed"], suite.floors.get("passed"))
        for place, suite in enumerate(suites)
    ]
    return _svg(len(suites) * ROW + 24, [_scale(len(suites) * ROW), *rows], "pass rate of each suite")


def figures(suite: SuiteResult) -> str:
    """A suite's figures that are shares, with their intervals and floors."""
    named = suite.figures.items()
    shares = {name: one for name, one in named if one.low is not None or name.endswith(("f1", "auroc"))}
    rows = [_interval(i, name, one, suite.floors.get(name)) for i, (name, one) in enumerate(shares.items())]
    return _svg(len(rows) * ROW + 24, [_scale(len(rows) * ROW), *rows], f"figures of {suite.name}")


def counts(title: str, values: Mapping[str, int]) -> str:
    """Bars for counts, the longest first."""
    ordered = sorted(values.items(), key=lambda item: -item[1])
    most = max((count for _, count in ordered), default=1)
    rows = [_bar(place, name, count, most) for place, (name, count) in enumerate(ordered)]
    return _svg(len(rows) * ROW + 4, rows, title)


def balances(title: str, values: Mapping[str, tuple[int, int]], words: Callable[[int], str]) -> str:
    """Two bars a row, from a line in the middle: what is lost to the left, what is gained to the right.

    `values` hold gain and loss, both 0 or above; `words` writes an amount.
    """
    most = max((max(pair) for pair in values.values()), default=0) or 1
    middle, half = LEFT + WIDTH / 2, WIDTH / 2
    rows = [f'<line class="grid" x1="{middle}" x2="{middle}" y1="0" y2="{len(values) * ROW}"/>']
    for place, (name, (gain, loss)) in enumerate(values.items()):
        y, left, right = place * ROW + ROW // 2, round(half * loss / most, 1), round(half * gain / most, 1)
        rows.append(_label(name, y))
        rows.append(f'<rect class="loss" x="{middle - left}" y="{y - 8}" width="{left}" height="16"/>')
        rows.append(f'<rect class="bar" x="{middle}" y="{y - 8}" width="{right}" height="16"/>')
        rows.append(f'<text x="{LEFT + WIDTH + 14}" y="{y + 4}">{escape(words(gain - loss))}</text>')
    return _svg(len(values) * ROW + 4, rows, title)


def _svg(height: int, parts: list[str], label: str) -> str:
    width = LEFT + WIDTH + RIGHT
    body = "".join(parts)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(label)}">{body}</svg>'


def _scale(height: int) -> str:
    """Lines and figures at every quarter."""
    lines = [
        f'<line class="grid" x1="{_x(q)}" x2="{_x(q)}" y1="0" y2="{height}"/>'
        f'<text class="tick" x="{_x(q)}" y="{height + 16}" text-anchor="middle">{q:.2f}</text>'
        for q in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    return "".join(lines)


def _interval(place: int, label: str, figure: Figure, floor: float | None) -> str:
    """A dot, its interval, its floor, and the figure in words."""
    y = place * ROW + ROW // 2
    if not figure.is_number:
        return _label(label, y) + f'<text class="bad" x="{LEFT}" y="{y + 4}">not a number</text>'
    kind = "bad" if floor is not None and figure.value < floor else "dot"
    parts = [_label(label, y)]
    if figure.low is not None and figure.high is not None:
        parts.append(f'<line class="span" x1="{_x(figure.low)}" x2="{_x(figure.high)}" y1="{y}" y2="{y}"/>')
    if floor is not None:
        parts.append(f'<line class="floor" x1="{_x(floor)}" x2="{_x(floor)}" y1="{y - 8}" y2="{y + 8}"/>')
    words = f'{figure.value:.3f} <tspan class="tick">n {figure.n}</tspan>'
    parts.append(f'<circle class="{kind}" cx="{_x(figure.value)}" cy="{y}" r="5"/>')
    parts.append(f'<text x="{LEFT + WIDTH + 14}" y="{y + 4}">{words}</text>')
    return "".join(parts)


def _bar(place: int, label: str, count: int, most: int) -> str:
    y = place * ROW + ROW // 2
    width = round(WIDTH * count / most, 1)
    bar = f'<rect class="bar" x="{LEFT}" y="{y - 8}" width="{width}" height="16" rx="3"/>'
    return f'{_label(label, y)}{bar}<text x="{LEFT + width + 8}" y="{y + 4}">{count}</text>'


def _label(text: str, y: int) -> str:
    return f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(text)}</text>'


def _x(value: float) -> float:
    return round(LEFT + WIDTH * min(1.0, max(0.0, value)), 1)
