"""Pictures: only pixels come in, and only the buyer who sent them (and the desk) gets them out."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from zlib import compress, crc32

import httpx
import pytest
from PIL import Image

from api.uploads import MAX_BYTES, MAX_SIDE
from tests.integration.api.serving import Caller, Server, error_of, picture

Upload = Callable[..., httpx.Response]
SECRET = b"31.2304N,121.4737E <script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@pytest.fixture
def upload(buyer: Caller, conversation: str) -> Upload:
    """Uploads bytes under a name and a claimed type."""

    def sent(data: bytes, name: str = "photo.png", claimed: str = "image/png") -> httpx.Response:
        return buyer.post(f"/v1/conversations/{conversation}/attachments", files={"file": (name, data, claimed)})

    return sent


def _kept(buyer: Caller, uploaded: httpx.Response) -> httpx.Response:
    """The stored picture, as it is served."""
    assert uploaded.status_code == 201, uploaded.text
    shown = buyer.get(uploaded.json()["url"])
    assert shown.status_code == 200
    assert len(shown.content) == uploaded.json()["bytes"]
    return shown


def _gif() -> bytes:
    out = BytesIO()
    Image.new("P", (9, 9)).save(out, "GIF")
    return out.getvalue()


def _zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("run.sh", SECRET)
    return out.getvalue()


def _with_place(kind: str) -> bytes:
    """A picture that tells, in its metadata, where and with what it was taken, and to turn it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x9286] = "SECRETPHONE", 6, SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    return picture(kind, exif=exif)


def _claimed_size(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + crc32(name + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    body = chunk(b"IHDR", head) + chunk(b"IDAT", compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(("kind", "media_type"), KINDS.items())
def test_a_picture_comes_back_as_it_looks(upload: Upload, buyer: Caller, kind: str, media_type: str) -> None:
    """PNG, JPEG and WebP are stored and served under their own type, whatever they were called."""
    shown = _kept(buyer, upload(picture(kind, (40, 30)), "holiday.exe", "application/octet-stream"))
    assert shown.headers["content-type"] == media_type
    with Image.open(BytesIO(shown.content)) as seen:
        assert (seen.format, seen.size) == (kind, (40, 30))
        red, green, blue = seen.convert("RGB").getpixel((5, 5))     # type: ignore[misc]
    assert (abs(red - 200) < 9, abs(green - 30) < 9, abs(blue - 30) < 9) == (True, True, True)


def test_a_picture_is_served_so_that_it_stays_a_picture(upload: Upload, buyer: Caller) -> None:
    """The headers forbid a browser to guess another type or to run anything."""
    headers = _kept(buyer, upload(picture())).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><script>alert(1)</script></html>", SVG, b"%PDF-1.7\n%abc\n", _gif(), _zip(), b"GIF89a" + SVG,
     b"\x89PNG\r\n\x1a\n" + SVG, b"\xff\xd8\xff\xe0" + SVG, b"RIFF\x10\0\0\0WEBP" + SVG, bytes(range(256)) * 16],
    ids=["empty", "html", "svg", "pdf", "gif", "zip", "gif+svg", "png+svg", "jpeg+svg", "webp+svg", "bytes"],
)
def test_what_is_no_picture_is_refused(upload: Upload, data: bytes) -> None:
    """A page, a drawing with scripts, a GIF, a PDF or an archive called .png is refused with what to send instead."""
    refused = upload(data)
    assert (refused.status_code, error_of(refused)) == (400, "bad_input")
    assert "PNG, JPEG or WebP" in refused.json()["error"]["message"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(upload: Upload, kind: str, share: float) -> None:
    """Half a picture is no picture."""
    whole = picture(kind, (300, 200))
    refused = upload(whole[: int(len(whole) * share)])
    assert (refused.status_code, error_of(refused)) == (400, "bad_input")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden", [_zip(), SVG, b"<?php system($_GET[0]); ?>"], ids=["zip", "svg", "php"])
def test_what_hides_behind_a_picture_is_dropped(upload: Upload, buyer: Caller, kind: str, hidden: bytes) -> None:
    """A file that is a picture and something else besides is stored as the picture alone."""
    shown = _kept(buyer, upload(picture(kind) + hidden)).content
    assert hidden not in shown
    assert not zipfile.is_zipfile(BytesIO(shown))


@pytest.mark.parametrize("kind", KINDS)
def test_places_and_devices_are_taken_out(upload: Upload, buyer: Caller, kind: str) -> None:
    """Where a picture was taken, and with what, is gone; it stands upright all the same."""
    tagged = _with_place(kind)
    assert b"SECRETPHONE" in tagged
    shown = _kept(buyer, upload(tagged)).content
    with Image.open(BytesIO(shown)) as seen:
        assert seen.size == (12, 16)
        assert not seen.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(seen.info)
    assert b"SECRETPHONE" not in shown


def test_text_in_a_picture_is_taken_out(upload: Upload, buyer: Caller) -> None:
    """Words in a PNG's text chunks do not get through."""
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", SECRET.decode())
    assert SECRET not in _kept(buyer, upload(picture("PNG", pnginfo=words))).content


def test_a_phones_double_picture_is_taken_as_a_jpeg(upload: Upload, buyer: Caller) -> None:
    """Many phones put a second picture behind the first; the first one is kept."""
    doubled = picture("MPO", save_all=True, append_images=[Image.new("RGB", (16, 12))])
    shown = _kept(buyer, upload(doubled, "IMG_1.jpg", "image/jpeg"))
    assert shown.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("size", [(8000, 8000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_goes_off(upload: Upload, size: tuple[int, int]) -> None:
    """A small file that would unpack to more pixels than the limit is a 413; nothing is unpacked."""
    refused = upload(_claimed_size(*size))
    assert (refused.status_code, error_of(refused)) == (413, "too_large")


@pytest.mark.parametrize("size", [20 * 2**20, MAX_BYTES + 1])
def test_too_many_bytes_are_refused(upload: Upload, size: int) -> None:
    """20 MB, and one byte more than the limit, are a 413."""
    refused = upload(picture() + b"\0" * size)
    assert (refused.status_code, error_of(refused)) == (413, "too_large")


def test_a_large_picture_is_made_smaller(upload: Upload, buyer: Caller) -> None:
    """What a phone takes is scaled down to a useful size, in its own proportions."""
    shown = _kept(buyer, upload(picture("JPEG", (4000, 2000))))
    with Image.open(BytesIO(shown.content)) as seen:
        assert seen.size == (MAX_SIDE, MAX_SIDE // 2)


def test_only_the_sender_and_the_desk_see_it(server: Server, upload: Upload, buyer: Caller, lin: Caller) -> None:
    """Another buyer gets the same 404 as for a picture that is not there; nobody gets it without a token."""
    url = upload(picture()).json()["url"]
    assert lin.get(url).content == buyer.get(url).content
    refused, missing = server.buyer().get(url), server.buyer().get("/v1/attachments/" + "a" * 32)
    assert refused.status_code == 404
    assert refused.content == missing.content
    assert server.nobody().get(url).status_code == 401


def test_a_picture_goes_with_a_message(upload: Upload, buyer: Caller, conversation: str) -> None:
    """An uploaded picture can be sent, alone too, and is in the log for both sides."""
    uploaded = upload(picture()).json()
    sent = buyer.say(conversation, "", attachments=[uploaded["id"]])
    assert sent.status_code == 202
    assert sent.json()["event"]["data"]["attachments"] == [
        {"id": uploaded["id"], "url": uploaded["url"], "media_type": "image/png"}
    ]


def test_a_form_without_a_file_is_told(buyer: Caller, conversation: str) -> None:
    """A form whose field is missing, or holds text, is named as wrong."""
    path = f"/v1/conversations/{conversation}/attachments"
    for given in ({"files": {"picture": ("a.png", picture())}}, {"data": {"file": "text"}}, {}):
        refused = buyer.post(path, **given)
        assert refused.status_code == 422
        assert error_of(refused) == "invalid"
        assert "file" in refused.text
