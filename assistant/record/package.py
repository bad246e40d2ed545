"""The export of a case: one ZIP for a regulator's hotline, a court or the parties.

    case.html         the file to read and print
    record.jsonl      the chain of what happened, an entry a line
    heads.jsonl       the signed heads that sealed it, the newest last; keys.jsonl the public keys
    attachments/      the pictures
    verify_record.py  checks all of it without Fairdesk; README.txt says how
    manifest.json     the SHA-256 of every file, signed

The same file gives the same bytes: nothing in it depends on when it was packed.
"""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from assistant.cases import chain
from assistant.record.copies import entry_line
from assistant.record.dossier import Dossier
from assistant.record.page import case_page

_HERE = Path(__file__).parent
_SENT_ALONG = ("README.txt", "verify_record.py")


def packed(dossier: Dossier) -> bytes:
    """The ZIP of a case's file, its manifest signed with the key in use."""
    files = _files(dossier)
    manifest = dossier.signer.signed({
        "what": "export", "tenant": dossier.case.tenant, "case": dossier.case.id, "number": dossier.case.number,
        "for": dossier.audience, "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    })
    return _zipped({"manifest.json": chain.line(manifest), **files})


def _files(dossier: Dossier) -> dict[str, bytes]:
    entries = (entry_line(dossier.audience, one) for one in dossier.written.record)
    return {
        "case.html": case_page(dossier).encode(),
        "record.jsonl": b"".join(map(chain.line, entries)),
        "heads.jsonl": b"".join(map(chain.line, dossier.heads)),
        "keys.jsonl": b"".join(map(chain.line, dossier.keys)),
        **{one.name: one.data for one in dossier.pictures if one.data},
        **{name: (_HERE / name).read_bytes() for name in _SENT_ALONG},
    }


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP without compression and without times, which differ from machine to machine."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as target:
        for name, data in sorted(files.items()):
            info = ZipInfo(name)
            info.external_attr, info.create_system = 0o644 << 16, 3
            target.writestr(info, data)
    return out.getvalue()
