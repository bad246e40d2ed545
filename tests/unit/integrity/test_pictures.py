"""What a picture's file tells: a picture is known again, labels and editors are seen, places are not read."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from assistant.integrity.pictures import alike, is_flat, traces_of


def drawn(seed: int = 3, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture with some detail, another one for each seed."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for n in range(24):
        x, y = (n * 53 * seed) % size[0], (n * 37 + seed * 91) % size[1]
        pen.rectangle((x, y, x + 60, y + 40), fill=((n * 40) % 255, (seed * 70) % 255, (n * 11) % 255))
    return picture


def saved(picture: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    """The picture as a file."""
    out = BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def with_exif(**tags: object) -> bytes:
    """A photo whose camera says this: `model`, `software`, `taken`."""
    exif = Image.Exif()
    numbers = {"model": 0x0110, "software": 0x0131}
    for name, value in tags.items():
        if name in numbers:
            exif[numbers[name]] = value
    if "taken" in tags:
        exif.get_ifd(0x8769)[0x9003] = tags["taken"]
    exif.get_ifd(0x8825)[1] = "N"       # a place, which nobody here reads
    return saved(drawn(), exif=exif)


@pytest.mark.parametrize("quality", [95, 60, 30])
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_picture_is_known_again_however_it_was_saved(quality: int, scale: float) -> None:
    """Sending the same picture smaller or with less quality does not make it another one."""
    first = traces_of(saved(drawn()))
    small = drawn().resize((int(320 * scale), int(240 * scale)))
    again = traces_of(saved(small, quality=quality))
    assert first
    assert again
    assert alike(first.hash, again.hash)


@pytest.mark.parametrize("seed", [5, 7, 11, 13])
def test_other_pictures_are_others(seed: int) -> None:
    """Two different pictures are not taken for one."""
    one, other = traces_of(saved(drawn(3))), traces_of(saved(drawn(seed)))
    assert one
    assert other
    assert not alike(one.hash, other.hash)


def test_a_white_page_says_nothing() -> None:
    """A picture without detail looks like every other such picture, and is marked so."""
    found = traces_of(saved(Image.new("RGB", (200, 200), "white")))
    assert found
    assert is_flat(found.hash)
    drawn_one = traces_of(saved(drawn()))
    assert drawn_one
    assert not is_flat(drawn_one.hash)


def test_the_camera_is_asked_for_day_and_model() -> None:
    """When and by which model a photo was taken is read; nothing about where."""
    found = traces_of(with_exif(model="Mi 14", taken="2026:11:02 10:30:00"))
    assert found
    assert (found.device, found.taken_at) == ("Mi 14", datetime(2026, 11, 2, 10, 30, tzinfo=UTC))
    assert not {name for name in found.__slots__ if "gps" in name or "place" in name}


@pytest.mark.parametrize(
    ("software", "editor"), [("Adobe Photoshop 25.0", "photoshop"), ("美图秀秀", "美图"), ("iOS 19.1", "")]
)
def test_editing_software_is_seen_and_a_phone_is_none(software: str, editor: str) -> None:
    """Software that edits leaves its name; the phone's own system is no editor."""
    found = traces_of(with_exif(software=software.encode()))
    assert found
    assert found.editor == editor
    assert found.edited is bool(editor)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("AIGC", '{"Label":"1","ContentProducer":"x"}'),
        ("XML:com.adobe.xmp", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"),
        ("parameters", "a broken cup, Negative prompt: text"),
    ],
)
def test_labels_of_generation_are_seen(key: str, text: str) -> None:
    """The label that the law asks for, IPTC's source type and a generator's own notes are found."""
    info = PngInfo()
    info.add_text(key, text)
    labelled, plain = traces_of(saved(drawn(), "PNG", pnginfo=info)), traces_of(saved(drawn(), "PNG"))
    assert labelled
    assert plain
    assert (labelled.generated, plain.generated) == (True, False)


@given(st.binary(max_size=400))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    """Whatever is uploaded, looking at it never fails: it tells something or nothing."""
    found = traces_of(data)
    assert found is None or len(found.hash) == 16


def test_a_camera_that_lies_about_the_date_is_passed_over() -> None:
    """A date that no calendar has is no date."""
    found = traces_of(with_exif(taken="0000:00:00 00:00:00"))
    assert found
    assert found.taken_at is None
