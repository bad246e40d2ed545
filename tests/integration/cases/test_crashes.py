"""Killed with SIGKILL anywhere on its way, a case goes on where it was, and its money moves once."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


async def test_a_killed_process_loses_and_doubles_no_step(request: pytest.FixtureRequest, database_url: str) -> None:
    """At every named point, and at random moments, the process is killed; the case ends done, paid as decided."""
    kills = request.config.getoption("--kills")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.cases.crashing", database_url, "--kills", str(kills),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    found = json.loads(out)
    assert found["wrong"] == {}
    assert found["not_reached"] == []
    assert found["points"] >= 12
    assert found["killed"] == kills
    total = found["points"] + kills
    print(f"\nSIGKILL at {found['points']} named points and {kills} random moments of a case: "
          f"0 lost, 0 doubled (95 % bound {3 / total:.4f})")
