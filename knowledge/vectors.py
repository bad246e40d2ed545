"""Vectors kept in a file, each under the digest of its passage, so that nothing is computed twice.

The file is a plain `.npz` without pickles: half-precision rows sorted by digest, which makes it the same, bit for bit,
whoever builds it. Half precision moves a cosine by less than 0.0005.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.embedding import Encoder, Matrix, Vector
from knowledge.errors import Unavailable
from knowledge.passages import Passage

SHIPPED_VECTORS = Path(__file__).parent / "artifacts" / "corpus-vectors.npz"
"""The vectors of the corpus that Fairdesk ships."""


@dataclass(frozen=True, slots=True)
class VectorFile:
    """Vectors by digest, made by the encoder of this name."""

    encoder: str
    rows: Mapping[str, Vector] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "VectorFile":
        """Reads a file that `save` wrote; raises `Unavailable` when it is missing or broken."""
        try:
            with np.load(path, allow_pickle=False) as file:
                digests, matrix = file["digests"], file["vectors"].astype(np.float32)
                encoder = str(file["encoder"])
        except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
            raise Unavailable(f"the vectors in {path} can't be read: {error}") from error
        return cls(encoder, dict(zip(digests.tolist(), matrix, strict=True)))

    def save(self, path: Path) -> None:
        """Writes the file; readers see the old one or the new one, never half of it."""
        digests = sorted(self.rows)
        matrix = np.array([self.rows[d] for d in digests], np.float16)
        unfinished = path.with_suffix(".part.npz")
        np.savez_compressed(unfinished, encoder=self.encoder, digests=np.array(digests, "U32"), vectors=matrix)
        unfinished.replace(path)

    def missing(self, passages: Sequence[Passage]) -> list[Passage]:
        """Those of `passages` that the file has no vector for, each digest once."""
        return list({p.digest: p for p in passages if p.digest not in self.rows}.values())

    def matrix(self, passages: Sequence[Passage]) -> Matrix:
        """The vectors of `passages`, all of which are here, one row each."""
        return np.stack([self.rows[p.digest] for p in passages])


def with_passages(file: VectorFile | None, passages: Sequence[Passage], encoder: Encoder) -> VectorFile:
    """A file with the vectors of exactly these passages: known ones are kept, the others are computed."""
    known = file if file is not None and file.encoder == encoder.name else VectorFile(encoder.name)
    fresh = encode(known.missing(passages), encoder)
    rows = {p.digest: fresh[p.digest] if p.digest in fresh else known.rows[p.digest] for p in passages}
    return VectorFile(encoder.name, rows)


def encode(passages: Sequence[Passage], encoder: Encoder) -> dict[str, Vector]:
    """The vectors of `passages` by digest, rounded to the precision of the file. Questions are encoded as queries."""
    texts = [p for p in passages if p.kind == "text"]
    rows = dict(zip((p.digest for p in texts), encoder.passages([p.text for p in texts]), strict=True))
    rows |= {p.digest: encoder.query(p.text) for p in passages if p.kind == "question"}
    return {digest: row.astype(np.float16).astype(np.float32) for digest, row in rows.items()}
