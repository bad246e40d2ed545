"""The house's own rules: imports point one way, settings are documented, nothing of a developer's machine gets in."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import AliasChoices

from assistant.settings import Settings

ROOT = Path(__file__).parents[2]
SETTINGS_ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)
PLACES = tuple("".join(parts) for parts in (
    ("/wo", "rk/"), ("/tm", "p/w"), ("find", "_string"), ("find", "_repos"), ("read_file", " tool"), (".lib", "rary/"),
))
"""Places and tools of the machine that this was written on, spelled so that this file doesn't name them."""


def test_imports_point_one_way() -> None:
    """The api uses evals, evals the assistant, that the knowledge, never the other way; the core stores nothing."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def documented() -> dict[str, tuple[str, str]]:
    """Variable → (default, meaning), as `docs/settings.md` tells it."""
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    return {m["name"]: (m["default"].strip(), m["meaning"].strip()) for m in SETTINGS_ROW.finditer(page)}


def programmed() -> dict[str, tuple[str, str]]:
    """Variable → (default, meaning), as the program has it."""
    found = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        assert not isinstance(alias, AliasChoices)
        variable = str(alias) if alias else f"FAIRDESK_{name.upper()}"
        found[variable] = (in_the_table(field.default), field.description or "")
    return found


def in_the_table(default: object) -> str:
    """How the table writes a default."""
    if default is None:
        return "none"
    if isinstance(default, bool):
        return str(int(default))
    return f"`{default}`"


def test_every_setting_is_documented_as_it_is() -> None:
    """`docs/settings.md` lists every setting with the default and the meaning that the program has, and no other."""
    assert documented() == programmed()


def files_of_the_project() -> list[Path]:
    """All text files that are, or would be, committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """A clone works anywhere: no file has a path or a tool of a developer's machine in it."""
    files = files_of_the_project()
    assert len(files) > 100
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in files for place in PLACES if place in path.read_text("utf-8", "replace")
    ]
    assert found == []
