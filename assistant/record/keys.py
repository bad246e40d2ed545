"""The keys that sign heads: one private key in a file of mode 600, and a public list of all there have been.

The list is a file of JSON lines. Its first line is signed with the key that it names, every later one with the key
before it, so that whoever knows one key can follow the rotations after it.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assistant.cases import chain
from knowledge.errors import BadInput

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key; `public` is its public half in 64 hexadecimal digits, which is what people compare."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key."""
        return self.private.public_key().public_bytes_raw().hex()

    def signed(self, statement: Json) -> Json:
        """The statement with the key it is signed by and the signature (Ed25519 over its canonical JSON)."""
        body = {**statement, "by": self.public}
        return {**body, "signature": self.private.sign(chain.canonical(body)).hex()}


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where the private key and the list of public keys are."""

    private: Path
    public: Path

    def signer(self, now: datetime) -> Signer:
        """The key in use; made when there has never been one.

        Raises:
            BadInput: others can read the private key's file, or after a start it is missing, broken or another one.
        """
        if not self.private.exists():
            if self.public.exists():
                raise BadInput(f"{self.private}: the key that signs heads is missing: restore it, or rotate --lost")
            return self._start(Signer(Ed25519PrivateKey.generate()), now)
        if os.name == "posix" and self.private.stat().st_mode & 0o077:
            raise BadInput(f"{self.private}: others can read the key that signs heads; run chmod 600, and rotate it")
        signer, listed = _read(self.private), [one["key"] for one in self.listed()]
        if listed and signer.public not in listed:
            raise BadInput(f"{self.private}: this is not the key that was in use; put that back, or rotate with --lost")
        return signer if listed else self._start(signer, now)

    def rotate(self, now: datetime, *, lost: bool = False) -> Signer:
        """A new key in the old one's place, which signs its successor a last time and is then gone.

        A key that is lost (or was stolen) can't vouch for the next: with `lost`, readers must be given the new one.

        Raises:
            BadInput: there is no key to rotate.
        """
        old, new = None if lost else self.signer(now), Signer(Ed25519PrivateKey.generate())
        self._list((old or new).signed(_named(new, now)))
        _write(self.private, new)
        return new

    def listed(self) -> list[Json]:
        """The public keys, oldest first, as they are published."""
        if not self.public.exists():
            return []
        return [json.loads(line) for line in self.public.read_text("utf-8").splitlines()]

    def _start(self, signer: Signer, now: datetime) -> Signer:
        if not self.private.exists():
            _write(self.private, signer)
        self._list(signer.signed(_named(signer, now)))
        return signer

    def _list(self, statement: Json) -> None:
        self.public.parent.mkdir(parents=True, exist_ok=True)
        with self.public.open("ab") as out:
            out.write(chain.line(statement))


def _named(signer: Signer, now: datetime) -> Json:
    return {"what": "key", "key": signer.public, "at": now.isoformat()}


def _read(path: Path) -> Signer:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: this is not a private key that can be read: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path}: heads are signed with an Ed25519 key, and this is another kind")
    return Signer(key)


def _write(path: Path, signer: Signer) -> None:
    """Write a key beside its place and move it there, readable by its owner only from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    pem = signer.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(pem)
    fresh.replace(path)
