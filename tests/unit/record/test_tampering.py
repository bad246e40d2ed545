"""Tampering is found: whatever is changed in a sealed record, by whoever controls the database or the heads, shows.

`--mutations` says how many changes are tried. What nobody can find without a copy of the heads is not among them: the
end of the record and the heads over it taken away together.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import pytest

from assistant.cases import chain
from assistant.record.heads import Json
from assistant.record.keys import KeyFiles
from assistant.record.verify_record import head_faults, lines, record_faults, trusted, unsealed
from tests.fakes.clock import NOW
from tests.unit.record.honest import World, a_year_of_cases

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)


@dataclass
class Paper:
    """What a reader has: entries, heads, the list of keys; `forger` is somebody else's key."""

    entries: list[Json]
    heads: list[Json]
    keys: list[Json]
    forger: KeyFiles
    raw: dict[str, bytes]


def faults(paper: Paper, pinned: str) -> list[str]:
    """Everything that the verifier finds, files read byte by byte."""
    told = {"entries": paper.entries, "heads": paper.heads, "keys": paper.keys}
    written = {name: b"".join(map(chain.line, values)) for name, values in told.items()} | paper.raw
    try:
        entries, heads, keys = (lines(written[name]) for name in told)
        return [*head_faults(heads, trusted(keys, pinned)), *record_faults(entries, heads), *unsealed(entries, heads)]
    except UNREADABLE as error:
        return [f"cannot be read: {error}"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A record of a dozen cases."""
    return a_year_of_cases(tmp_path_factory.mktemp("record"))


@pytest.fixture(scope="module")
def honest(world: World, tmp_path_factory: pytest.TempPathFactory) -> Paper:
    """The record as it is."""
    folder = tmp_path_factory.mktemp("forger")
    heads, keys = list(world.heads.all()), world.heads.keys.listed()
    return Paper(world.entries(), heads, keys, KeyFiles(folder / "key", folder / "keys.jsonl"), {})


def rehashed(entries: list[Json], case: str) -> None:
    """Chain a case anew, as somebody with the database in hand would."""
    previous = ""
    for seq, entry in enumerate((one for one in entries if one["case"] == case), 1):
        content = chain.digest({"actor": entry["actor"], "data": entry["data"]})
        entry.update(seq=seq, previous=previous)
        chained = {name: entry[name] for name in ("tenant", "case", "seq", "at", "kind", "previous")}
        entry["hash"] = chain.digest({**chained, "content": content})
        previous = entry["hash"]


def any_byte(dice: random.Random, text: bytes) -> bytes:
    """One byte of a text changed, taken away or put in."""
    at, what = dice.randrange(len(text)), dice.randrange(3)
    if what == 0:
        return text[:at] + bytes([text[at] ^ dice.randrange(1, 256)]) + text[at + 1 :]
    return text[:at] + text[at + 1 :] if what == 1 else text[:at] + bytes([dice.randrange(256)]) + text[at:]


def byte_of_entries(dice: random.Random, paper: Paper) -> None:
    """Any byte of the record."""
    paper.raw["entries"] = any_byte(dice, b"".join(map(chain.line, paper.entries)))


def byte_of_heads(dice: random.Random, paper: Paper) -> None:
    """Any byte of the heads."""
    paper.raw["heads"] = any_byte(dice, b"".join(map(chain.line, paper.heads)))


def entry_removed(dice: random.Random, paper: Paper) -> None:
    """An entry is gone, and the case is chained anew."""
    case = paper.entries.pop(dice.randrange(len(paper.entries)))["case"]
    rehashed(paper.entries, case)


def entry_put_in(dice: random.Random, paper: Paper) -> None:
    """A made-up entry anywhere, and the case is chained anew."""
    at = dice.randrange(len(paper.entries))
    forged = deepcopy(paper.entries[at])
    forged["data"]["said"] = {"text": "I agree"}
    paper.entries.insert(at + dice.randrange(2), forged)
    rehashed(paper.entries, forged["case"])


def entry_changed(dice: random.Random, paper: Paper) -> None:
    """What an entry says is changed, and the case is chained anew."""
    entry = dice.choice(paper.entries)
    change = dice.choice(("actor", "kind", "at", "amount", "text"))
    if change in ("actor", "kind", "at"):
        entry[change] += "x"
    else:
        entry["data"]["said"][change] = "1"
    rehashed(paper.entries, entry["case"])


def entries_swapped(dice: random.Random, paper: Paper) -> None:
    """Two entries of a case change places, and the case is chained anew."""
    case = dice.choice([one for one, n in Counter(e["case"] for e in paper.entries).items() if n > 1])
    first, second = dice.sample([i for i, one in enumerate(paper.entries) if one["case"] == case], 2)
    paper.entries[first], paper.entries[second] = paper.entries[second], paper.entries[first]
    rehashed(paper.entries, case)


def end_cut_off(dice: random.Random, paper: Paper) -> None:
    """The newest entries of a case are gone."""
    case = dice.choice(paper.entries)["case"]
    whole = [one for one in paper.entries if one["case"] == case]
    gone = whole[dice.randrange(len(whole)) :]
    paper.entries = [one for one in paper.entries if one not in gone]


def case_removed(dice: random.Random, paper: Paper) -> None:
    """A whole case is gone."""
    case = dice.choice(paper.entries)["case"]
    paper.entries = [one for one in paper.entries if one["case"] != case]


def head_forged(dice: random.Random, paper: Paper) -> None:
    """A case is changed, and the heads over it are signed anew with somebody else's key, named as the platform's."""
    entry_changed(dice, paper)
    now = {(one["case"], one["seq"]): one["hash"] for one in paper.entries}
    signer, previous = paper.forger.signer(NOW), ""
    for head in paper.heads:
        head["cases"] = [[case, count, now[case, count]] for case, count, _ in head["cases"]]
        told = {name: head[name] for name in ("what", "number", "at", "tenant", "count")}
        leaves = [chain.digest(one) for one in head["cases"]]
        head.update(signer.signed({**told, "leaves": leaves, "previous": previous}))
        previous = head["signature"]
    paper.keys = dice.choice((paper.keys, paper.forger.listed(), [*paper.forger.listed(), *paper.keys]))


def head_removed(dice: random.Random, paper: Paper) -> None:
    """A head is gone."""
    paper.heads.pop(dice.randrange(len(paper.heads)))


def heads_swapped(dice: random.Random, paper: Paper) -> None:
    """Two heads change places."""
    first, second = dice.sample(range(len(paper.heads)), 2)
    paper.heads[first], paper.heads[second] = paper.heads[second], paper.heads[first]


def head_says_less(dice: random.Random, paper: Paper) -> None:
    """A head no longer names a case that it was signed over, and the case is gone from the record."""
    case = dice.choice(paper.entries)["case"]
    paper.entries = [one for one in paper.entries if one["case"] != case]
    for head in paper.heads:
        head["cases"] = [one for one in head["cases"] if one[0] != case]


MUTATIONS: tuple[Callable[[random.Random, Paper], None], ...] = (
    byte_of_entries, byte_of_heads, entry_removed, entry_put_in, entry_changed, entries_swapped, end_cut_off,
    case_removed, head_forged, head_removed, heads_swapped, head_says_less,
)


def test_an_honest_record_is_intact(world: World, honest: Paper) -> None:
    """Nothing is found in a record that nobody changed, by the first key or by the one that followed it."""
    first, second = (one["key"] for one in honest.keys)
    assert faults(honest, first) == []
    assert faults(honest, "") == []
    assert {head["by"] for head in honest.heads} == {first, second}
    assert len(world.records) == 12


def test_every_mutation_is_found(request: pytest.FixtureRequest, honest: Paper) -> None:
    """Of thousands of changes of twelve kinds to a sealed record, every one is found by a reader who knows the key."""
    dice, rounds, pinned = random.Random(8), int(request.config.getoption("--mutations")), honest.keys[0]["key"]
    plain = json.dumps([honest.entries, honest.heads, honest.keys])
    missed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for round_ in range(rounds):
        mutate, paper = MUTATIONS[round_ % len(MUTATIONS)], Paper(*json.loads(plain), honest.forger, {})
        mutate(dice, paper)
        changed = paper.raw or json.dumps([paper.entries, paper.heads, paper.keys]) != plain
        tried[mutate.__name__] += bool(changed)
        missed[mutate.__name__] += bool(changed) and not faults(paper, pinned)
    total = tried.total()
    found = f"{missed.total()} not found (95 % bound {3 / total:.4f})"
    print(f"\n{total} mutations of a sealed record: {found}; {dict(tried)}")
    assert missed.total() == 0, missed
    assert total > 0.95 * rounds


def test_a_replaced_key_is_told_only_by_who_knows_the_right_one(honest: Paper) -> None:
    """A record made anew with another key agrees with itself; the key that a reader knows shows that it is false."""
    dice, paper = random.Random(3), deepcopy(honest)
    while paper.keys != paper.forger.listed():
        paper = deepcopy(honest)
        head_forged(dice, paper)
    assert faults(paper, "") == []
    assert faults(paper, honest.keys[0]["key"]) != []
