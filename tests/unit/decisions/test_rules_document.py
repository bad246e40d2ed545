"""What docs/rules.md says is so: its blocks load, its table is the checker's, its example is sound."""

import re
from pathlib import Path

import pytest

from assistant.decisions.checking.checker import check_files
from assistant.decisions.checking.findings import CODES
from assistant.decisions.facts import load_catalog
from assistant.decisions.jurisdiction import default_jurisdiction
from evals.replay import book_at

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_table_of_codes_is_the_checkers() -> None:
    """Every code is on the page, with the meaning that the checker gives it, and no other."""
    table = PAGE.split("## What the checker finds")[1]
    assert dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)) == CODES


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_every_block_can_be_used_as_it_stands(block: str, tmp_path: Path) -> None:
    """The rule has no fault but that it covers few claims; facts load; figures lie over the shipped rules."""
    path = tmp_path / "block.yaml"
    path.write_text(block, encoding="utf-8")
    if block.startswith("facts:"):
        assert len(load_catalog(path).facts) == 2
    elif block.startswith(("examples_given:", "parameters:")):
        found = {one.code for one in check_files(path)}
        assert found <= {"uncovered_claim"}, found
    else:
        assert book_at(path, default_jurisdiction()).parameters["no_reason_days"].value == 15
