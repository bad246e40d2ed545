"""The exported file of a case: complete, checkable without Fairdesk, and with nobody else's personal data in it."""

import asyncio
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from assistant.conversation import BuyerMessage
from assistant.record.package import packed
from assistant.record.verify_record import zip_faults
from assistant.scope import Scope
from knowledge.errors import NotFound
from knowledge.text import Language
from tests.fakes.scenes import AGENT, BUYER, NAMESAKE_SHOP, OTHER_BUYER, OTHER_TENANT, add_events
from tests.integration.record.conftest import Papers

OTHER_SHOP = Scope("demo", "merchant", "boss", "s-lotus")
PARTIES = (BUYER, NAMESAKE_SHOP, AGENT)


def files_of(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.parametrize("scope", PARTIES, ids=lambda one: one.role)
async def test_every_copy_checks_out(papers: Papers, scope: Scope) -> None:
    """The copies for buyer, merchant and staff are intact by the published key, and the same again byte for byte."""
    case = await papers.opened()
    first = packed(await papers.file(scope, case))
    assert packed(await papers.file(scope, case)) == first
    files, key = files_of(first), papers.heads.keys.listed()[0]["key"]
    assert list(zip_faults(files, key)) == []
    assert {"case.html", "record.jsonl", "heads.jsonl", "keys.jsonl", "README.txt", "verify_record.py"} < set(files)


async def test_the_verifier_stands_alone(papers: Papers, tmp_path: Path) -> None:
    """The program in the ZIP, run by itself, finds the ZIP intact with the right key and not with another."""
    file = tmp_path / "case.zip"
    file.write_bytes(packed(await papers.file(BUYER, await papers.opened())))
    alone = tmp_path / "alone"
    with zipfile.ZipFile(file) as found:
        found.extract("verify_record.py", alone)
    for key, code, said in ((papers.heads.keys.listed()[0]["key"], 0, "intact"), ("ab" * 32, 1, "not signed")):
        command = [sys.executable, "-I", alone / "verify_record.py", file, key]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, cwd=alone)
        assert (done.returncode, said in done.stdout) == (code, True), done.stdout + done.stderr


def test_the_verifier_can_be_read_in_one_sitting() -> None:
    """It is less than a hundred lines of code, and imports nothing of ours."""
    text = Path(zip_faults.__code__.co_filename).read_text("utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) < 100
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imported == {"json", "sys", "zipfile", "collections", "hashlib", "typing", "cryptography"}


async def test_any_byte_of_any_file_counts(papers: Papers) -> None:
    """A byte changed in any file of an export, a file taken out, put in or replaced is found."""
    files = files_of(packed(await papers.file(AGENT, await papers.opened())))
    key = papers.heads.keys.listed()[0]["key"]
    for name, data in files.items():
        for at in {0, len(data) // 3, len(data) // 2, len(data) - 1}:
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            try:
                assert list(zip_faults({**files, name: changed}, key)) != [], (name, at)
            except (ValueError, LookupError, TypeError):
                continue        # can't be read at all
    assert list(zip_faults({**files, "extra.txt": b""}, key)) == ["a file was changed, added or removed"]
    assert "a file was changed" in next(zip_faults({n: d for n, d in files.items() if n != "case.html"}, key))


@pytest.mark.parametrize("scope", [OTHER_BUYER, OTHER_TENANT, OTHER_SHOP], ids=str)
async def test_strangers_get_no_file(papers: Papers, scope: Scope) -> None:
    """Another buyer, another tenant and another shop get what they would for a case that does not exist."""
    case = await papers.opened()
    with pytest.raises(NotFound, match="no such case"):
        await papers.file(scope, case)
    assert papers.heads.last() is None


async def test_a_merchants_copy_has_nothing_personal_of_the_buyer(papers: Papers) -> None:
    """No file of it holds the buyer's id, phone or address, nor what the buyer and the platform wrote."""
    case = await papers.opened()
    whole = b"".join(files_of(packed(await papers.file(NAMESAKE_SHOP, case))).values()).decode()
    named = NAMESAKE_SHOP.subject
    assert f"buyer:{named}" not in whole
    assert '"buyer_id"' not in whole
    for secret in ("13812345678", "文一西路", "电话1"):
        assert secret not in whole


async def test_phones_are_masked_on_every_page(papers: Papers) -> None:
    """What somebody wrote stands on the page without the phone number in it."""
    case = await papers.opened()
    for scope in (BUYER, AGENT):
        page = files_of(packed(await papers.file(scope, case)))["case.html"].decode()
        assert "13812345678" not in page
        assert "[phone]" in page


async def test_the_page_tells_the_whole_case(papers: Papers) -> None:
    """Number, arithmetic, receipt with the platform's number, timeline and proof are on it, in either language."""
    case = await papers.opened()
    expected: dict[Language, tuple[str, ...]] = {
        "zh": ("金额与算式", "¥129.00", "处理过程", "回执", "完整依据", "PF-"),
        "en": ("Amounts and arithmetic", "¥129.00", "What happened", "Receipts", "Full proof", "PF-"),
    }
    for language, words in expected.items():
        file = await papers.file(AGENT, case, language)
        page = files_of(packed(file))["case.html"].decode()
        assert [one for one in (*words, file.case.number) if one not in page] == []


async def test_what_people_wrote_is_no_markup(papers: Papers) -> None:
    """A message with tags in it is shown as text."""
    case = await papers.opened()
    conversation = (await papers.file(AGENT, case)).written.held.conversation_id
    await add_events(papers.services.database, BUYER, conversation, BuyerMessage("c2", "<script>alert(1)</script>"))
    page = files_of(packed(await papers.file(AGENT, case)))["case.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
