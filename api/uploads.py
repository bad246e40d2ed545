"""Pictures from buyers: what comes in is decoded and written anew, so that only pixels are kept.

That drops metadata (places, devices), scripts and anything hidden behind a picture's name, and it proves the type: a
file is a picture when Pillow can decode it in one of three formats, whatever it is called.
"""

from io import BytesIO

from fastapi import UploadFile
from PIL import Image, ImageOps, UnidentifiedImageError

from knowledge.errors import BadInput, TooLarge

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2048
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_PHONES = {"MPO": "JPEG"}     # what many phones write: a JPEG with a second picture behind the first, which is dropped


async def read_limited(upload: UploadFile) -> bytes:
    """The upload's bytes.

    Raises:
        TooLarge: more than 5 MB.
    """
    data = await upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("a picture may have 5 MB at most")
    return data


def sanitise(data: bytes) -> tuple[bytes, str]:
    """The picture written anew, upright and at most 2,048 pixels a side, and its media type.

    Raises:
        BadInput: it isn't a PNG, JPEG or WebP picture, or it is broken.
        TooLarge: it unpacks to more than 40 million pixels.
    """
    try:
        with Image.open(BytesIO(data), formats=tuple(MEDIA_TYPES)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLarge("a picture may have 40 million pixels at most")
            kind = _PHONES.get(str(picture.format), str(picture.format))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            return _written(upright, kind), MEDIA_TYPES[kind]
    except Image.DecompressionBombError as error:
        raise TooLarge("a picture may have 40 million pixels at most") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadInput("this is not a picture we can read; send a PNG, JPEG or WebP") from error


def _written(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    plain = picture.convert("RGB") if kind == "JPEG" else picture.convert("RGBA")
    plain.info.clear()
    plain.save(out, kind)
    return out.getvalue()
