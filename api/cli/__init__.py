"""The `fairdesk` command. Every command takes `--json`; bad input ends with exit code 2 and one clear line."""

from api.cli.main import main

__all__ = ["main"]
