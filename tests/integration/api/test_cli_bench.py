"""`fairdesk eval run ecom-bench`: what it needs, and what it says of its buyer."""

from pathlib import Path

import pytest

from api.cli import evaluating
from knowledge.errors import BadInput


def test_the_bench_needs_a_file_of_tasks() -> None:
    """Without tasks the error names the option that is missing."""
    with pytest.raises(BadInput, match="--tasks"):
        evaluating.run([evaluating.BENCH])


def test_a_file_that_holds_no_tasks_is_named(tmp_path: Path) -> None:
    """A file in another form is named in the error, and nothing is played."""
    path = tmp_path / "tasks.json"
    path.write_text('[{"no": "task"}]', encoding="utf-8")
    with pytest.raises(BadInput, match=r"tasks\.json"):
        evaluating.run([evaluating.BENCH], tasks=path, data=tmp_path)


def test_an_empty_file_of_tasks_is_a_run_of_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to play is told as nothing, with the scripted buyer named."""
    (tmp_path / "tasks.json").write_text("[]", encoding="utf-8")
    for name in ("orders", "products", "logistics", "register_cashback", "service", "discount"):
        (tmp_path / f"{name}.json").write_text('{"jd": {"shop": {}}}', encoding="utf-8")
    for name in ("users_info", "invoices"):
        (tmp_path / f"{name}.json").write_text("{}", encoding="utf-8")
    evaluating.run([evaluating.BENCH], tasks=tmp_path / "tasks.json", data=tmp_path, json=True)
    assert '"buyer": "scripted' in capsys.readouterr().out
