"""What a page function begins with.

    @needs(Role.AGENT)
    def approve(request: Request) -> Response:
        who, what = person(request), form(request)["text"]

``needs`` runs the function on a thread of the desk after the door, the form token and the role were looked at. So a
page is a plain function of a request; it reads the store, may act, and returns ``page(...)`` or ``go(...)``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.desk import session
from bot.desk.security import SAFE
from bot.desk.state import DeskState
from bot.store.people import Person, Session
from bot.store.states import Role

Page = Callable[[Request], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
TOKEN = "csrf"  # noqa: S105 - the name of a field
MAX_FIELDS = 300
# A link from a mail or a chat comes without the strict cookie; a page of ours that loads itself again brings it.
ONCE_MORE = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>…</title>'


class RowId(Convertor[int]):
    """``{mail:id}`` in an address: what the database can hold. Anything longer is no page, instead of a fault."""

    regex = "[0-9]{1,15}"

    def convert(self, value: str) -> int:
        """From the address."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Into the address."""
        return str(value)


register_url_convertor("id", RowId())


def desk(request: Request) -> DeskState:
    """The open desk."""
    state: DeskState = request.app.state.desk
    return state


def signed_in(request: Request) -> Session | None:
    """The session, on pages that anybody may see."""
    found: Session | None = getattr(request.state, "session", None)
    return found


def person(request: Request) -> Person:
    """Who asks."""
    found = signed_in(request)
    assert found is not None
    return found.person


def form(request: Request) -> FormData:
    """What was posted; empty for a GET."""
    posted: FormData = getattr(request.state, "form", FormData())
    return posted


def text(request: Request, name: str) -> str:
    """One field as text, without spaces around it; empty when it was not sent."""
    value = form(request).get(name, "")
    return value.strip() if isinstance(value, str) else ""


def is_part(request: Request) -> bool:
    """Whether the script asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def file(request: Request, name: str) -> bytes:
    """The bytes of a file that was chosen in a form; none when none was."""
    found: dict[str, bytes] = getattr(request.state, "files", {})
    return found.get(name, b"")


def needs(role: Role, *, files: int = 0) -> Callable[[Page], Endpoint]:
    """The page is for people with this role or a higher one; its forms may bring so many files."""
    return lambda work: _endpoint(work, Role(role), files)


def for_everybody(work: Page) -> Endpoint:
    """The page is for people who are not signed in, too; its forms carry a token all the same."""
    return _endpoint(work, None, 0)


def _endpoint(work: Page, role: Role | None, files: int) -> Endpoint:
    @wraps(work)
    async def endpoint(request: Request) -> Response:
        state = desk(request)
        request.state.session = await state.run(session.find, state, request)
        if role is not None and signed_in(request) is None:
            return to_the_door(request)
        if request.method not in SAFE:
            request.state.form = await request.form(max_files=files, max_fields=MAX_FIELDS)
            request.state.files = await _files(request.state.form)
            wanted = session.form_token(state, request, signed_in(request))
            if not session.same(_token(request), wanted):
                raise HTTPException(403, "token")
        if role is not None and not person(request).role.may(role):
            raise HTTPException(403, "role")
        return await state.run(work, request)

    return endpoint


async def _files(posted: FormData) -> dict[str, bytes]:
    """The chosen files, whole; what they were called is nobody's business."""
    files = {name: await one.read() for name, one in posted.items() if isinstance(one, UploadFile)}
    await posted.close()
    return files


def _token(request: Request) -> str:
    given = form(request).get(TOKEN) or request.headers.get("x-csrf-token") or ""
    return given if isinstance(given, str) else ""


def to_the_door(request: Request) -> Response:
    """To signing in, and back here afterwards."""
    if request.method in SAFE:
        if request.headers.get("sec-fetch-site") == "cross-site":
            return HTMLResponse(ONCE_MORE)
        place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        place = _came_from(request)
    if is_part(request):  # back to the page that the part stands on
        place = _came_from(request, request.headers.get("hx-current-url", "")) or place
    door = f"/login?{urlencode({'next': place})}" if place not in ("", "/") else "/login"
    if is_part(request):
        return Response(status_code=401, headers={"HX-Redirect": door})
    return RedirectResponse(door, 303)


def _came_from(request: Request, told: str = "") -> str:
    """The page of ours that a form stands on."""
    parts = urlsplit(told or request.headers.get("referer", ""))
    if f"{parts.scheme}://{parts.netloc}" not in desk(request).origins:
        return ""
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def local(place: str) -> str:
    """The place if it lies on this desk, else nothing: no link may lead to a stranger's site."""
    plain = place.isprintable() and "\\" not in place and place.startswith("/") and not place.startswith("//")
    return place if plain else ""


def back(request: Request, otherwise: str = "/queue") -> Response:
    """To the page the form was posted from."""
    return go(_came_from(request) or otherwise)


def go(place: str) -> Response:
    """After a post: show this page; loading it again posts nothing."""
    return RedirectResponse(place, 303)
