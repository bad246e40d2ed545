"""Checks that the record of a case is whole and unchanged. Needs Python 3.10 and `pip install cryptography`.

    python verify_record.py FILE.zip [PUBLIC_KEY]

PUBLIC_KEY is what you know the platform's key to be, from elsewhere than the file. Exit code 0: intact; else not.
"""

import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]
PARTS = ("manifest.json", "heads.jsonl", "keys.jsonl", "record.jsonl")


def zip_faults(files: dict[str, bytes], pinned: str = "") -> Iterator[str]:
    """What is wrong with an export, by the contents of its files."""
    (manifest,), heads, keys, entries = (lines(files[name]) for name in PARTS)
    if {name: sha256(data).hexdigest() for name, data in files.items() if name != PARTS[0]} != manifest["files"]:
        yield "a file was changed, added or removed"
    if not _signed(manifest, trusted(keys, pinned)):
        yield "the list of files is not signed with the platform's key"
    yield from head_faults(heads, trusted(keys, pinned), chosen=True)
    yield from record_faults(entries, heads)
    yield from (f"the last entry of case {case} was never sealed" for case in unsealed(entries, heads))


def record_faults(entries: list[Json], heads: list[Json]) -> Iterator[str]:
    """What is wrong with the entries of one case or of many, by themselves and against the heads."""
    chains: dict[tuple[str, str], list[str]] = {}
    for number, entry in enumerate(entries, 1):
        chain = chains.setdefault((entry["tenant"], entry["case"]), [])
        expected = (len(chain) + 1, chain[-1] if chain else "", _link(entry))
        if len(entry) != 9 or (entry["seq"], entry["previous"], entry["hash"]) != expected:
            yield f"entry {number} was changed, or does not follow the one before it"
        chain.append(entry["hash"])
    for head in heads:
        for case, count, end in head["cases"]:
            if chains.get((head["tenant"], case), [])[count - 1 : count] != [end]:
                yield f"head {head['number']} sealed {count} entries of case {case}, which are not there"


def unsealed(entries: list[Json], heads: list[Json]) -> list[str]:
    """The cases whose last entry no head covers."""
    sealed = {(case, end) for head in heads for case, _, end in head["cases"]}
    ends = {one["case"]: one["hash"] for one in entries}
    return [case for case, end in ends.items() if (case, end) not in sealed]


def head_faults(heads: Iterable[Json], known: set[str], chosen: bool = False) -> Iterator[str]:
    """What is wrong with the heads, which are all there are unless some were `chosen` for one case."""
    number, previous = 0, ""
    for head in heads:
        name, leaves = f"head {head['number']}", {_hash(one) for one in head["cases"]}
        if not _signed(head, known):
            yield f"{name} is not signed with the platform's key"
        if not leaves <= {*head["leaves"]} or (len(leaves) < len(head["leaves"]) and not chosen):
            yield f"{name} does not cover the cases that it names"
        if not (head["previous"] == previous if head["number"] == number + 1 else chosen and head["number"] > number):
            yield f"{name} does not follow the one before it"
        number, previous = head["number"], head["signature"]


def trusted(keys: list[Json], pinned: str = "") -> set[str]:
    """The pinned key, else the first, and those after it, each signed with one before it."""
    known = {pinned or keys[0]["key"]}
    for one in keys:
        known |= {one["key"]} if _signed(one, known) else set()
    return known


def lines(text: bytes) -> list[Json]:
    """The values of JSON lines; ValueError when a byte is not as it must be."""
    found: list[Json] = [json.loads(line) for line in text.decode().split("\n")[:-1]]
    if b"".join(_written(one) + b"\n" for one in found) != text:
        raise ValueError("a line is not written in the one way in which it should be")
    return found


def _signed(value: Json, known: set[str]) -> bool:
    text = _written({name: part for name, part in value.items() if name not in ("signature", "cases")})
    key, signature = bytes.fromhex(value["by"]), bytes.fromhex(value["signature"])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except InvalidSignature:
        return False
    return value["by"] in known and signature.hex() == value["signature"]


def _link(entry: Json) -> str:
    content = _hash({"actor": entry["actor"], "data": entry["data"]}) if "data" in entry else entry["content"]
    chained = {name: entry[name] for name in ("tenant", "case", "seq", "at", "kind", "previous")}
    return _hash({**chained, "content": content})


def _hash(value: object) -> str:
    return sha256(_written(value)).hexdigest()


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as packed:
        faults = list(zip_faults({name: packed.read(name) for name in packed.namelist()}, *sys.argv[2:3]))
    print("\n".join(faults) or "intact" + ("" if sys.argv[2:] else ", if its key is the platform's: compare that"))
    sys.exit(bool(faults))
