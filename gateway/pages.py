"""Files that browsers get: the built frontend and the base map, with ETags, gzip and lasting caches."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

SCREENS = ("wall", "desk", "planner", "login", "station", "unit")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
SQUEEZED = ("text/", "application/json", "application/javascript", "image/svg", "application/manifest")


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    body: bytes
    zipped: bytes | None
    etag: str
    media_type: str


@dataclass
class Files:
    """Files read once and remembered until they change on disk."""

    _known: dict[Path, tuple[int, File]] = field(default_factory=dict)

    def read(self, path: Path) -> File | None:
        """The file, or None when there is none."""
        try:
            changed = path.stat().st_mtime_ns
            known = self._known.get(path)
            if known is None or known[0] != changed:
                known = self._known[path] = (changed, _load(path))
        except OSError:
            return None
        return known[1]


def _load(path: Path) -> File:
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, 6) if media_type.startswith(SQUEEZED) and len(body) > 1000 else None
    return File(body, zipped, f'"{hashlib.sha256(body).hexdigest()[:32]}"', media_type)


def answer(file: File, asked: Headers, *, cache: str = ASK_AGAIN) -> Response:
    """The file, zipped where the browser can read that, or 304 when it has it already."""
    headers = {"ETag": file.etag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if file.etag in asked.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    if file.zipped is not None and "gzip" in asked.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.zipped, headers=headers, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)


def page_of(root: Path, path: str) -> tuple[Path, str]:
    """The file of the built frontend that a path asks for, and how long it may be kept.

    Screens are one page that finds its way by the address. A path that leaves the folder is the page that is not there.
    """
    parts = path.strip("/").split("/")
    if parts[0] in ("", *SCREENS) and "." not in parts[-1]:
        return root / "index.html", ASK_AGAIN
    wanted = root.joinpath(*parts)
    if "\0" in path or not wanted.resolve().is_relative_to(root.resolve()) or wanted.is_dir():
        return root / "missing", ASK_AGAIN
    return wanted, FOR_EVER if parts[0] == "assets" else ASK_AGAIN
