"""The contents of files over HTTP: up by tus 1.0 (core, creation, checksum, expiration, termination), down by ranges (RFC 9110, section 14).

A laptop creates an upload that names the hash and the record, sends pieces from the offset it is told, and is told the last offset after
a cut. It fetches by hash, from the byte it lacks. Who may do so is decided in `sync.server.shelf`.
"""

import base64
import binascii
import hashlib
import logging
import re
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sync.server import accounts, holdings, shelf
from sync.server.accounts import Caller
from sync.server.app import Refused, Server, bounded
from sync.server.shelf import MOST_FILE, MOST_PIECE, ROOM, File, NotShelved, Upload

log = logging.getLogger("mentor.server")

VERSION = "1.0.0"
_TUS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
CHECKSUMS = ("sha1", "sha256")
_OFFSET = "application/offset+octet-stream"
_STATUS = {
    "upload_gone": 404,
    "no_such_file": 404,
    "other_offset": 409,
    "bad_file": 400,
    "bad_checksum": 400,
    "file_not_named": 403,
    "file_too_large": 413,
    "no_room": 507,
    "too_many_uploads": 429,
    "other_tus": 412,
    "not_this_type": 415,
    "not_that_piece": 460,
    "not_that_file": 460,
}


class Files:
    """The routes. Every answer to a caller's mistake is a status with a short reason, and changes nothing."""

    def __init__(self, server: Server, *, room: int = ROOM) -> None:
        self._server, self._room = server, room

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/v1/files", self.create, methods=["POST", "OPTIONS"]),
            Route("/v1/files/{upload}", self.upload, methods=["HEAD", "PATCH", "DELETE"]),
            Route("/v1/content/{hash}", self.content, methods=["GET", "HEAD"]),
        ]

    # --- up -----------------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """Begin an upload, or go on with one, or learn that the file is here."""
        if request.method == "OPTIONS":
            told = {"Tus-Version": VERSION, "Tus-Extension": "creation,checksum,expiration,termination"}
            return _answer(204, {**told, "Tus-Max-Size": str(MOST_FILE), "Tus-Checksum-Algorithm": ",".join(CHECKSUMS)})
        caller = await self._caller(request)
        said = _metadata(request.headers.get("upload-metadata", ""))
        length = _number(request.headers.get("upload-length", ""))
        if length is None or "hash" not in said or "record" not in said:
            return _refusal("bad_file")
        try:
            one = await self._server.in_turn(self._begin, caller, said["hash"], length, said["record"])
        except NotShelved as reason:
            return _refusal(reason.reason)
        told = _expiring(one) if one.id else {}
        where = f"/v1/files/{one.id}" if one.id else f"/v1/content/{said['hash']}"
        return _answer(201, {**told, "Location": where, "Upload-Offset": str(one.offset)})

    def _begin(self, caller: Caller, hash: str, length: int, record: str) -> Upload:
        with self._server.database.writing() as connection:
            mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
            named = {"hash": hash, "length": length, "record": record}
            return shelf.begin(connection, caller, mandate, **named, now=self._now(), room=self._room)  # type: ignore[arg-type]

    async def upload(self, request: Request) -> Response:
        """How far an upload is; or add a piece; or throw it away."""
        caller, name = await self._caller(request), request.path_params["upload"]
        if request.method == "PATCH":
            return await self._patched(request, caller, name)
        if request.method == "DELETE":
            gone = await self._server.in_turn(self._give_up, caller, name)
            return _answer(204) if gone else _refusal("upload_gone")
        one = await self._server.in_turn(self._waiting, caller, name)
        if one is None:
            return _refusal("upload_gone")
        return _answer(200, {**_expiring(one), "Upload-Offset": str(one.offset), "Upload-Length": str(one.length)})

    def _waiting(self, caller: Caller, name: str) -> Upload | None:
        with self._server.database.reading() as connection:
            return shelf.waiting(connection, caller, name)

    def _give_up(self, caller: Caller, name: str) -> bool:
        with self._server.database.writing() as connection:
            return shelf.give_up(connection, caller, name)

    async def _patched(self, request: Request, caller: Caller, name: str) -> Response:
        if request.headers.get("content-type") != _OFFSET:
            return _refusal("not_this_type")
        offset, checksum = _number(request.headers.get("upload-offset", "")), request.headers.get("upload-checksum", "")
        if offset is None:
            return _refusal("bad_file")
        # The piece counts when it is here as a whole: its checksum covers all of it.
        body = b"".join([chunk async for chunk, _ in bounded(request, MOST_PIECE)])
        if checksum:
            fits = _fits(checksum, body)
            if fits is None:
                return _refusal("bad_checksum")
            if not fits:
                return _refusal("not_that_piece")
        try:
            one = await self._server.in_turn(self._add, caller, name, offset, body)
        except NotShelved as reason:
            return _refusal(reason.reason)
        if one is None:
            return _refusal("not_that_file")
        log.info("%s: %d bytes of a file", caller.device[:8], len(body))
        return _answer(204, {**_expiring(one), "Upload-Offset": str(one.offset)})

    def _add(self, caller: Caller, name: str, offset: int, body: bytes) -> Upload | None:
        with self._server.database.writing() as connection:
            one = shelf.add(connection, caller, name, offset=offset, body=body, now=self._now())
            whole = one.offset < one.length or shelf.end(connection, caller, name, now=self._now())
        return one if whole else None

    # --- down ---------------------------------------------------------------------------------------------------------

    async def content(self, request: Request) -> Response:
        """A file, or the part of it that is asked for."""
        caller = await self._known(request)
        file = await self._server.in_turn(self._found, caller, request.path_params["hash"])
        if file is None:
            return _refusal("no_such_file")
        tag = f'"{file.hash}"'
        told = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        asked = request.headers.get("range", "")
        if request.headers.get("if-range", tag) != tag:
            asked = ""
        part = _range(asked, file.length)
        if part is not None and not part:
            return Response(status_code=416, headers={**told, "Content-Range": f"bytes */{file.length}"})
        first, last = part or (0, file.length - 1)
        if part:
            told["Content-Range"] = f"bytes {first}-{last}/{file.length}"
        told["Content-Length"] = str(last - first + 1)
        status = 206 if part else 200
        if request.method == "HEAD":
            return Response(status_code=status, headers=told, media_type="application/octet-stream")
        log.info("%s: a file from byte %d", caller.device[:8], first)
        return StreamingResponse(self._pieces(file, first, last + 1), status, told, "application/octet-stream")

    def _found(self, caller: Caller, hash: str) -> File | None:
        with self._server.database.reading() as connection:
            mandate = holdings.mandate(connection, caller.caller, caller.office, caller.person)
            return shelf.found(connection, mandate, hash)

    async def _pieces(self, file: File, first: int, end: int) -> AsyncIterator[bytes]:
        # Some at a time, each in a transaction of its own: a slow line holds nothing open.
        while first < end:
            some = await self._server.in_turn(self._some, file, first, min(end - first, 2**18))
            if not some:
                return
            yield some
            first += len(some)

    def _some(self, file: File, first: int, length: int) -> bytes:
        with self._server.database.reading() as connection:
            return b"".join(shelf.pieces(connection, file.upload, first, length))

    # --- who ----------------------------------------------------------------------------------------------------------

    async def _caller(self, request: Request) -> Caller:
        if request.headers.get("tus-resumable") != VERSION:
            raise Refused("other_tus")
        return await self._known(request)

    async def _known(self, request: Request) -> Caller:
        return await self._server.caller(request)

    def _now(self) -> int:
        return accounts.stamp(self._server.clock.now())


# --- headers ----------------------------------------------------------------------------------------------------------


def _answer(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(status_code=status, headers={**_TUS, **(headers or {})})


def _refusal(reason: str) -> Response:
    return Response(
        f'{{"reason": "{reason}"}}', _STATUS.get(reason, 400), {**_TUS, "Tus-Version": VERSION}, "application/json"
    )


def _expiring(one: Upload) -> dict[str, str]:
    return {"Upload-Expires": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(one.expires))}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def _metadata(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header; what is none is left out."""
    found = {}
    for pair in header.split(",")[:20]:
        name, _, packed = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(packed, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _fits(header: str, body: bytes) -> bool | None:
    """Whether the body has that checksum; None if the header says none that is known here."""
    algorithm, _, packed = header.partition(" ")
    if algorithm not in CHECKSUMS:
        return None
    try:
        return base64.b64decode(packed, validate=True) == hashlib.new(algorithm, body, usedforsecurity=False).digest()
    except binascii.Error:
        return None


def _range(header: str, length: int) -> tuple[int, int] | tuple[()] | None:
    """The first and the last byte that are asked for; () if there are none such, None if all are to be given.

    Of several ranges at once, and of what is no range, all is given, as RFC 9110 lets a server do.
    """
    match = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", header.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        count = min(int(match[2]), length)
        return (length - count, length - 1) if count else ()
    first, last = int(match[1]), min(int(match[2] or length), length - 1)
    if match[2] and int(match[2]) < first:
        return None
    return (first, last) if first < length else ()


def mounted(server: Server, **options: Any) -> list[Route]:
    """The routes of a server's files."""
    return Files(server, **options).routes()
