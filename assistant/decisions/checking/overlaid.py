"""Checking a platform's own folder, laid over the shipped rules."""

from collections.abc import Iterator
from pathlib import Path

from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.places import Places
from assistant.decisions.jurisdiction import Jurisdiction
from assistant.decisions.overlays import SHOPS, Platform, platform_of, read_layer, shop_book, shop_folders
from assistant.decisions.parameters import values_of

_PARTS = ("rules", "facts", SHOPS, "parameters.yaml")


def is_overlay(path: Path) -> bool:
    """True for a platform's folder, which has parts, rather than a folder of rules."""
    return path.is_dir() and any((path / part).exists() for part in _PARTS)


def platform_at(folder: Path, jurisdiction: Jurisdiction | None) -> Platform:
    """A platform's book; its shops' folders are read too, since what is wrong with them is raised at once.

    Raises:
        BadKnowledge: a file is wrong, or a shop's would take something away; names file and line.
    """
    platform = platform_of(read_layer(folder), jurisdiction)
    for shop, path in shop_folders(folder).items():
        shop_book(platform, shop, read_layer(path))
    return platform


def lowered(platform: Platform, places: Places) -> Iterator[Finding]:
    """Rules of the platform's that stand in the place of shipped ones of higher rank."""
    shipped = {rule.id: rule for rule in platform.shipped.rules(values_of(platform.book.parameters))}
    for rule in platform.own.rules(values_of(platform.book.parameters)):
        before = shipped.get(rule.id)
        if before is not None and rule.level > before.level:
            message = f"replaces {before.path}:{before.line}, of rank {before.rank}, by a rule of rank {rule.rank}"
            yield places.finding(rule, "takes_away", message, "rank")


def within(folder: Path, findings: list[Finding]) -> list[Finding]:
    """The findings in a folder's own files: an example of ours may fail over figures that a platform changed."""
    return [one for one in findings if one.path and Path(one.path).is_relative_to(folder)]
