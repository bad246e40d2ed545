"""The web rooms over HTTP: widget, demo page, desk and what they share, as plain files.

The files are ES modules and style sheets that a browser runs as they stand; any static host can serve them. This module
serves the widget smaller: its modules in one file, without comments, compressed once. Nothing is renamed or rewritten.
"""

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).parent
ROOMS = ("widget", "shared", "demo", "desk", "static")
ENTRY = WEB / "widget" / "fairdesk.js"

# Shops embed the widget from their own origins; the files hold nothing secret. A browser asks again each time and
# mostly hears "not modified", so that a new version is live at once.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\./[^"]+)";\n', re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)
_TYPE = re.compile(r"/\*\* @type .*?\*/ ?")


def mount_pages(app: Starlette, *, demo: bool = True) -> None:
    """Adds the rooms to `app`, each under its name; visitors of `/` go to the demo page, or to the desk without one."""
    front = "/demo/" if demo else "/desk/"

    async def to_front(_: Request) -> Response:
        return RedirectResponse(front, status_code=307)

    app.add_route("/", to_front, include_in_schema=False)
    for room in ROOMS:
        if room != "demo" or demo:
            app.mount(f"/{room}", WebFiles(directory=WEB / room, html=True), name=f"web-{room}")


class WebFiles(StaticFiles):
    """A directory of web files; scripts and style sheets of the widget are sent small."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or what StaticFiles makes of a path that is no file (index page, 404, refused method)."""
        file = (Path(str(self.directory)) / path).resolve()
        small = file.suffix in MEDIA_TYPES and file.is_relative_to(WEB) and file.is_file()
        if small and scope["method"] in {"GET", "HEAD"}:
            return _sent(file, Request(scope))
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def _sent(file: Path, request: Request) -> Response:
    changed = max(source.stat().st_mtime_ns for source in ([file] if file != ENTRY else ENTRY.parent.glob("*.js")))
    plain, packed, tag = _prepared(file, changed)
    headers = HEADERS | {"ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=MEDIA_TYPES[file.suffix], headers=headers | {"Content-Encoding": "gzip"})
    return Response(plain, media_type=MEDIA_TYPES[file.suffix], headers=headers)


@lru_cache(maxsize=256)
def _prepared(file: Path, changed: int) -> tuple[bytes, bytes, str]:  # noqa: ARG001  (`changed` is part of the key)
    """A file as it is sent: plain, compressed, and its ETag."""
    text = joined(ENTRY) if file == ENTRY else file.read_text(encoding="utf-8")
    plain = (slim(text) if file.parent.name != "desk" else text).encode()
    return plain, gzip.compress(plain, 9, mtime=0), f'W/"{sha256(plain).hexdigest()[:16]}"'


def joined(entry: Path, seen: set[Path] | None = None) -> str:
    """A module and all that it imports as one module, each once, what is needed first.

    Works for what our modules use: named imports of siblings, exports in front of a declaration, and no top-level
    name used twice. The browser refuses a doubled name at once, and the tests run on the joined file.
    """
    seen = set() if seen is None else seen
    seen.add(entry)
    source = entry.read_text(encoding="utf-8")
    needed = [path for path in (entry.parent / name for name in _IMPORT.findall(source)) if path not in seen]
    before = "".join(joined(path, seen) for path in needed if path not in seen)
    return before + re.sub(r"^export (?=\w)", "", _IMPORT.sub("", source), flags=re.MULTILINE)


def slim(source: str) -> str:
    """A script or style sheet without its comments, indentation and empty lines; nothing else is touched."""
    lines = _COMMENT.sub("", _TYPE.sub("", source)).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())
