"""What a picture file tells besides its pixels: when and by what it was taken, labels of generation, traces of editing.

Looked at before the file is written anew, and only what is needed is kept: a hash, a day, a device's model, three short
labels. Where it was taken is never read. None of it proves anything: metadata can be missing, wrong or made up, so each
trace has a small weight in the risk book and decides nothing.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageOps, UnidentifiedImageError

HASH_SIDE = 8
ALIKE = 6
"""Pictures whose hashes differ in at most so many of 64 bits count as the same, however they were saved."""
_FORMATS = ("PNG", "JPEG", "WEBP")
_MODEL, _SOFTWARE, _TAKEN, _EXIF, _COMMENT = 0x0110, 0x0131, 0x9003, 0x8769, 0x9286
_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|picsart|meitu|美图|醒图|facetune|canva|pixelmator|affinity|procreate", re.I
)
_GENERATORS = re.compile(
    r"stable.?diffusion|midjourney|dall.?e|comfyui|automatic1111|novelai|firefly|即梦|文心一格|通义万相|可灵", re.I
)
_LABELS = re.compile(
    rb"AIGC|trainedAlgorithmicMedia|compositeWithTrainedAlgorithmicMedia|\"?prompt\"?\s*:|negative prompt", re.I
)
"""China's labelling measures (GB 45438-2025) put `AIGC` into the metadata; IPTC and C2PA name the source type."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What one picture tells. `hash` is 16 hexadecimal digits of how it looks; `taken_at` is the camera's own clock."""

    hash: str
    taken_at: datetime | None = None
    device: str = ""
    editor: str = ""
    generated: bool = False

    @property
    def edited(self) -> bool:
        """True when editing software saved it last."""
        return bool(self.editor)


def traces_of(data: bytes) -> Traces | None:
    """What a picture's file tells; None when it can't be read as a picture."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            exif = picture.getexif()
            software = _text(exif.get(_SOFTWARE))
            notes = _notes(picture, exif)
            return Traces(
                look_hash(picture), _taken(exif), _text(exif.get(_MODEL))[:60],
                (found[0] if (found := _EDITORS.search(software)) else "").lower(),
                bool(_GENERATORS.search(software) or _LABELS.search(notes)),
            )
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def look_hash(picture: Image.Image) -> str:
    """How a picture looks in 64 bits: whether each of 8 × 8 places is brighter than the one beside it (dHash)."""
    small = ImageOps.exif_transpose(picture).convert("L").resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.BOX)
    rows = [small.crop((0, y, HASH_SIDE + 1, y + 1)).tobytes() for y in range(HASH_SIDE)]
    bits = [left > right for row in rows for left, right in pairwise(row)]
    return f"{int(''.join('01'[bit] for bit in bits), 2):016x}"


def alike(one: str, other: str) -> bool:
    """True when two hashes are those of the same picture, resized or saved again."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE


def is_flat(hash_: str) -> bool:
    """True for a picture of hardly any detail: a white page is like every other, which says nothing."""
    ones = int(hash_, 16).bit_count()
    return ones <= ALIKE or ones >= HASH_SIDE * HASH_SIDE - ALIKE


def _taken(exif: Image.Exif) -> datetime | None:
    """When the camera says that it was taken. Cameras write no zone: read as UTC, it may be half a day off."""
    written = _text(exif.get_ifd(_EXIF).get(_TAKEN))
    try:
        return datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _notes(picture: Image.Image, exif: Image.Exif) -> bytes:
    """All text that travels in the file: PNG text, XMP, EXIF comments."""
    parts = [f"{name}: {value}".encode() for name, value in picture.info.items() if isinstance(value, str)]
    parts += [value for value in picture.info.values() if isinstance(value, bytes)]
    comment = exif.get_ifd(_EXIF).get(_COMMENT)
    parts.append(comment if isinstance(comment, bytes) else str(comment or "").encode())
    return b"\n".join(parts)


def _text(value: object) -> str:
    """A tag's text. EXIF knows ASCII only, and Pillow reads as Latin-1 what apps write in UTF-8 all the same."""
    if not isinstance(value, str):
        return ""
    with suppress(UnicodeError):        # or it is Latin-1, or text already
        value = value.encode("latin-1").decode("utf8")
    return value.strip("\x00 ")
