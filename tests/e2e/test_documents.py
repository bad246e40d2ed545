"""The documents' examples run, and their links lead somewhere."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)\)")


def commands() -> list[str]:
    """Every `fairdesk` line of every shell block."""
    blocks = [block for path in DOCUMENTS for block in BLOCK.findall(path.read_text(encoding="utf8"))]
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("fairdesk ")]


@pytest.mark.parametrize("line", [c for c in commands() if " eval run " not in c])
def test_every_command_in_the_documents_runs(line: str, tmp_path: Path) -> None:
    """A reader can paste any command of the documents and it works."""
    words = shlex.split(line)[1:]
    command = [sys.executable, "-c", "from api.cli import main; main()", *words]
    environment = os.environ | {"FAIRDESK_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_in_the_documents_leads_somewhere(path: Path) -> None:
    """A reader who follows a link finds a file."""
    missing = [to for to in LINK.findall(path.read_text(encoding="utf8")) if not (path.parent / to).exists()]
    assert missing == []
