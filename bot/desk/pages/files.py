"""Files that strangers sent: pictures only as JPEG made anew by us, everything else only as a download that is inert.

No byte of an original is ever shown in a page. A picture is opened in the limited child process and made anew without
metadata; what comes out is kept beside the data and can be thrown away at any time. A download has a type no browser
renders, a name without surprises, and headers that shut it in should one try.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.desk.casework.conversation import PICTURES
from bot.desk.request import desk, needs
from bot.desk.state import DeskState
from bot.errors import ReaderError, StoreError, UnreadableLetter
from bot.isolate.pictures import EDGES
from bot.store.folder import PRIVATE_FOLDER
from bot.store.states import Role

FOLDER = "pictures"
SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Download-Options": "noopen",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# What a file may be called after what its first bytes say; everything else ends in .bin, which nothing opens.
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
}
_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")
_ENDING = re.compile(r"[A-Za-z0-9]{1,10}")
MOST_NAME = 60
NOT_PICTURES = ".none"


@needs(Role.READER)
def picture(request: Request) -> Response:
    """A picture in one of two sizes, made by us."""
    state, size = desk(request), request.path_params["size"]
    row = state.store.casefile.attachment(request.path_params["file"])
    if row is None or size not in EDGES or not row["sha256"] or row["found_type"] not in PICTURES:
        raise HTTPException(404)
    made = _made(state, row["sha256"], size)
    headers = {**SANDBOX, "Cache-Control": "private, max-age=600"}
    return Response(made, media_type="image/jpeg", headers=headers)


@needs(Role.READER)
def download(request: Request) -> Response:
    """An attached file as it came."""
    state = desk(request)
    row = state.store.casefile.attachment(request.path_params["file"])
    if row is None or not row["sha256"]:
        raise HTTPException(404)
    name = safe_name(row["name"], row["found_type"])
    return _inert(state, row["sha256"], f"{row['case_number'] or 'mail'}-{name}")


@needs(Role.READER)
def original(request: Request) -> Response:
    """A mail as it came, every byte."""
    state = desk(request)
    row = state.store.casefile.mail(request.path_params["mail"])
    if row is None or not row["raw_sha256"]:
        raise HTTPException(404)
    return _inert(state, row["raw_sha256"], f"{row['case_number'] or 'mail'}-{row['id']}.eml")


def safe_name(name: str, found_type: str) -> str:
    """A name of letters, digits and hyphens, with the ending of what the file is."""
    stem, _, ending = name.rpartition(".") if "." in name else (name, "", "")
    plain = _PLAIN.sub("-", stem).strip("-_")[:MOST_NAME] or "file"
    if known := ENDINGS.get(found_type):
        return plain + known
    if not _ENDING.fullmatch(ending):
        plain, ending = _PLAIN.sub("-", name).strip("-_")[:MOST_NAME] or "file", ""
    return f"{plain}-{ending}.bin" if ending else f"{plain}.bin"


def _inert(state: DeskState, sha256: str, name: str) -> Response:
    try:
        data = state.store.files.read(sha256)
    except StoreError:
        raise HTTPException(404) from None
    headers = {**SANDBOX, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


def _made(state: DeskState, sha256: str, size: str) -> bytes:
    folder = state.store.folder / FOLDER
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    path = folder / f"{sha256}-{size}.jpg"
    if not path.is_file():
        _make(state, sha256, folder)
    try:
        return path.read_bytes()
    except OSError:
        raise HTTPException(404) from None


def _make(state: DeskState, sha256: str, folder: Path) -> None:
    refused = folder / f"{sha256}{NOT_PICTURES}"
    if refused.exists():
        raise HTTPException(404)
    try:
        state.pictures.make(state.store.files.path(sha256), folder, sha256)
    except UnreadableLetter:
        refused.touch()  # it is not opened again with every look at the case
        raise HTTPException(404) from None
    except ReaderError:
        raise HTTPException(503) from None


routes = [
    Route("/files/{file:id}/{size}.jpg", picture, methods=["GET"]),
    Route("/files/{file:id}/download", download, methods=["GET"]),
    Route("/files/mail/{mail:id}", original, methods=["GET"]),
]
