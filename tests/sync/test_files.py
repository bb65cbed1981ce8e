"""Files after the text, in pieces, both ways: a cut costs a piece, text overtakes, one that is not taken keeps no other back."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from mentorapp.errors import UserError
from mentorapp.records import Attachment, Mentorship, Session
from mentorapp.services import attachments
from mentorapp.services.workspace import Workspace
from mentorapp.store.shelf import PIECE, named
from sync.client import files
from sync.client.http import Answer, Line
from sync.client.words import SyncError, failure
from sync.server import ledger, tables
from tests.sync.conftest import Laptop, Office

Make = Callable[..., Laptop]
SMALL = 20_000
PICTURE = b"\xff\xd8\xff" + random.Random(7).randbytes(90_000)


def _at(one: Laptop) -> Workspace:
    return Workspace(store=one.store, me=one.person, clock=one.clock)


def _added(one: Laptop, session: Session, content: bytes = PICTURE, name: str = "board.jpg") -> Attachment:
    one.clock.forward(minutes=1)
    return attachments.add(_at(one), to=session, name=name, content=content)[1]


def _state(one: Laptop, file: Attachment) -> str:
    return attachments.standing(one.store.file(file.content_hash), file).state


def _pair(laptop: Make) -> tuple[Laptop, Laptop, Session]:
    grace, awa = laptop("grace"), laptop("awa")
    session = grace.session(grace.pair(*sorted((grace.person, awa.person))).id)
    return grace, awa, session


class Counted:
    """What goes over a line that is no exchange; `cut` may break it at a call or within an answer."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, str, int]] = []
        self.cut: Callable[[int, str], bool] = lambda _number, _method: False
        self.before: Callable[[], None] = lambda: None
        true = Line.call

        def call(line: Line, method: str, path: str, headers: Any, body: bytes = b"", **named: Any) -> Answer:
            self.calls.append((method, path, len(body)))
            self.before()
            answer = true(line, method, path, headers, body, **named)
            if self.cut(len(self.calls), method):
                return replace_body(answer, self._half(answer)) if method == "GET" else self._broken(answer)
            return answer

        patch.setattr(Line, "call", call)

    @staticmethod
    def _broken(answer: Answer) -> Answer:
        for _ in answer.body:
            pass
        raise failure("cut")

    @staticmethod
    def _half(answer: Answer) -> Iterator[bytes]:
        whole = b"".join(answer.body)
        yield whole[: len(whole) // 2]
        raise failure("cut")

    def methods(self) -> list[str]:
        return [method for method, _, _ in self.calls]


def replace_body(answer: Answer, body: Iterator[bytes]) -> Answer:
    return answer._replace(body=body)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def test_a_file_is_safe_once_the_server_has_it_and_a_co_mentor_gets_it_when_asked(laptop: Make) -> None:
    grace, awa, session = _pair(laptop)
    file = _added(grace, session)
    assert _state(grace, file) == "here"
    assert grace.store.files_waiting() == (1, len(PICTURE))
    result = grace.sync()
    assert (result.files.safe, _state(grace, file)) == (1, "safe")
    assert grace.store.files_waiting() == (0, 0)
    awa.sync(silence=5)
    there = awa.store.get(Attachment, file.id)
    awa.store.remember(sync_rate="100")  # a line on which nobody fetches a picture unasked
    if _state(awa, there) == "away":
        attachments.fetch(_at(awa), attachment=there)
        assert _state(awa, there) == "coming"
        assert awa.sync().files.arrived == 1
    assert attachments.content(_at(awa), attachment=there) == PICTURE
    assert _state(awa, there) == "safe"


def test_what_is_small_comes_unasked_and_what_is_large_waits_to_be_asked_for(laptop: Make) -> None:
    grace, awa, session = _pair(laptop)
    small, large = (
        _added(grace, session, b"short"),
        _added(grace, session, random.Random(1).randbytes(files.QUICKLY + 1)),
    )
    grace.sync()
    awa.sync()
    assert (_state(awa, small), _state(awa, large)) == ("safe", "away")


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a weak line, however fast the loopback is."""
    monkeypatch.setattr(files, "piece_of", lambda _rate: SMALL)


@pytest.mark.usefixtures("small_pieces")
def test_the_text_goes_first_and_overtakes(laptop: Make, counted: Counted) -> None:
    grace, awa, session = _pair(laptop)
    _added(grace, session, random.Random(2).randbytes(300_000))
    said: list[str] = []

    def writes() -> None:
        if len(counted.calls) == 4:
            said.append(grace.session(session.mentorship, notes="Written meanwhile.").id)

    counted.before = writes
    pieces = []

    def told(progress: Any) -> None:
        pieces.append((progress.left, progress.files_done))

    result = grace.sync(progress=told)
    assert (result.left, result.files.safe) == (0, 1)
    awa.sync()
    assert awa.store.get(Session, said[0]).notes == "Written meanwhile."
    # It went between two pieces, not after the last.
    at = next(n for n, (left, done) in enumerate(pieces) if n and not done and pieces[n - 1][1])
    assert 0 < max(done for _, done in pieces[:at]) < 300_000


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("step", range(1, 11))
def test_a_cut_costs_one_piece_at_most(laptop: Make, counted: Counted, step: int) -> None:
    grace, awa, session = _pair(laptop)
    content = random.Random(3).randbytes(200_000)
    file = _added(grace, session, content)
    counted.cut = lambda number, _: number == step
    with pytest.raises(SyncError):
        grace.sync()
    counted.cut = lambda *_: False
    grace.sync()
    assert _state(grace, file) == "safe"
    sent = sum(length for _, _, length in counted.calls)
    assert sent <= len(content) + SMALL
    awa.sync()
    attachments.fetch(_at(awa), attachment=file)
    counted.calls.clear()
    counted.cut = lambda number, method: number == step and method == "GET"
    with pytest.raises(SyncError):
        awa.sync()
    here = awa.store.file(file.content_hash)
    assert here
    counted.cut = lambda *_: False
    awa.sync()
    assert attachments.content(_at(awa), attachment=file) == content


def test_what_the_server_has_is_not_sent_again(laptop: Make, counted: Counted) -> None:
    grace, _, session = _pair(laptop)
    one = _added(grace, session)
    grace.sync()
    again = grace.session(session.mentorship)
    other = _added(grace, again, PICTURE, "the same.jpg")
    grace.sync()
    assert one.content_hash == other.content_hash
    second = laptop("grace")
    second.sync()
    second.save(replace(second.store.get(Attachment, one.id), caption="x"), second.store.get(Attachment, one.id))
    second.store.give_up_file(one.content_hash)
    second.store.keep_file(PICTURE, record=one.id, at=second.clock.now())
    counted.calls.clear()
    second.sync()
    assert sum(length for _, _, length in counted.calls) == 0
    assert counted.methods() == ["POST", "POST"]  # a question for each record that names it
    assert _state(second, one) == "safe"


def test_a_stranger_gets_nothing_by_a_hash(laptop: Make) -> None:
    grace, _, session = _pair(laptop)
    file = _added(grace, session)
    grace.sync()
    joseph = laptop("joseph")
    own = joseph.session(joseph.pair().id)
    joseph.save(replace(file, id="9" * 32, owner=own.id, mentorship=own.mentorship, scope=""))
    joseph.store.want_file(file.content_hash, size=file.size or 0, record="9" * 32, at=joseph.clock.now())
    assert joseph.sync().files.arrived == 0
    assert _state(joseph, file) == "coming"


def test_a_file_that_is_not_taken_keeps_no_other_back_and_says_why(laptop: Make, office: Office) -> None:
    grace, _, session = _pair(laptop)
    bad, good = _added(grace, session, b"a" * 40_000), _added(grace, session, b"b" * 50_000)
    grace.store.connection.execute("UPDATE file_piece SET body = ? WHERE hash = ?", (b"c" * 40_000, bad.content_hash))
    result = grace.sync()
    assert (result.files.safe, result.files.aside) == (1, 1)
    assert (_state(grace, bad), _state(grace, good)) == ("refused", "safe")
    assert [one.refused for one in grace.store.files_refused()] == ["not_that_file"]
    grace.store.retry_files()
    grace.store.connection.execute("UPDATE file_piece SET body = ? WHERE hash = ?", (b"a" * 40_000, bad.content_hash))
    grace.sync()
    assert _state(grace, bad) == "safe"


def test_a_piece_that_was_damaged_at_the_server_is_not_given_out(laptop: Make, office: Office) -> None:
    grace, awa, session = _pair(laptop)
    file = _added(grace, session)
    grace.sync()
    awa.sync()
    awa.store.give_up_file(file.content_hash)
    with office.database.writing() as connection:
        body = connection.execute(select(tables.piece.c.body).limit(1)).scalar_one()
        connection.execute(update(tables.piece).values(body=b"x" + body[1:]).where(tables.piece.c.at == 0))
    attachments.fetch(_at(awa), attachment=file)
    awa.sync()
    assert attachments.content(_at(awa), attachment=file) is None
    assert _state(awa, file) == "coming"
    with office.database.writing() as connection:
        connection.execute(update(tables.piece).values(body=body).where(tables.piece.c.at == 0))
    awa.sync()
    assert attachments.content(_at(awa), attachment=file) == PICTURE


def test_a_restored_server_is_given_the_files_that_it_lost_and_asked_about_the_rest(
    laptop: Make, office: Office, counted: Counted
) -> None:
    grace, _, session = _pair(laptop)
    kept, lost = _added(grace, session), _added(grace, session, PICTURE[::-1])
    grace.sync()
    with office.database.writing() as connection:
        connection.execute(delete(tables.file).where(tables.file.c.hash == lost.content_hash))
        ledger.mint_epoch(connection, 0)
    counted.calls.clear()
    grace.sync()
    assert (_state(grace, kept), _state(grace, lost)) == ("safe", "safe")
    assert sum(length for _, _, length in counted.calls) == len(PICTURE)


def test_losing_the_scope_loses_no_file_that_is_only_here(laptop: Make, counted: Counted) -> None:
    grace, awa, session = _pair(laptop)
    grace.sync()
    awa.sync()
    file = _added(awa, awa.store.get(Session, session.id))
    counted.cut = lambda _number, method: method == "POST"
    with pytest.raises(SyncError):
        awa.sync()
    counted.cut = lambda *_: False
    pair = grace.store.get(Mentorship, session.mentorship)
    grace.save(replace(pair, mentors=(grace.person,)), pair)
    grace.sync()
    awa.sync()
    assert attachments.content(_at(awa), attachment=file) == PICTURE
    assert file.id in awa.states()


def test_a_content_that_nobody_names_any_more_is_let_go_of_once_it_is_safe(laptop: Make) -> None:
    grace, awa, session = _pair(laptop)
    file = _added(grace, session)
    grace.sync()
    awa.sync()
    attachments.fetch(_at(awa), attachment=file)
    awa.sync()
    pair = grace.store.get(Mentorship, session.mentorship)
    grace.save(replace(pair, mentors=(grace.person,)), pair)
    grace.sync()
    awa.sync()
    assert file.id not in awa.states()
    awa.sync()
    assert awa.store.file(file.content_hash) is None


# --- on the laptop ----------------------------------------------------------------------------------------------------


def test_nothing_empty_or_too_large_is_kept(laptop: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id)
    with pytest.raises(UserError, match="empty"):
        _added(grace, session, b"")
    monkeypatch.setattr(attachments, "MOST", 10)
    with pytest.raises(UserError, match="larger"):
        _added(grace, session, b"12345678901")
    assert not grace.store.find(Attachment)
    assert not grace.store.rows("SELECT 1 FROM file")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PICTURE, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"RIFF....WAVEfmt ", "audio/wav"),
        (b"OggS....", "audio/ogg"),
        (b"%PDF-1.7", "application/pdf"),
        ("ما وعدنا به".encode(), "text/plain"),
        (b"\x00\x01\x02\xff", "application/octet-stream"),
        ("é".encode() * 3000, "text/plain"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert attachments.media_type(content) == kind


def test_a_file_is_kept_once_and_read_in_parts(laptop: Make) -> None:
    grace = laptop("grace")
    session = grace.session(grace.pair().id)
    content = random.Random(5).randbytes(2 * PIECE + 77)
    one, two = _added(grace, session, content), _added(grace, session, content, "again")
    assert one.content_hash == two.content_hash == named(content)
    assert grace.store.rows("SELECT count(*) FROM file_piece") == [(3,)]
    for first, length in ((0, 10), (PIECE - 5, 10), (2 * PIECE, 500), (0, len(content)), (len(content), 5)):
        assert grace.store.file_part(one.content_hash, first, length) == content[first : first + length]
    assert (one.size, one.media_type, one.taken_on) == (len(content), "application/octet-stream", None)
    assert [found.name for found, _ in attachments.of(_at(grace), owner=session.id)] == ["board.jpg", "again"]
    taken = attachments.add(_at(grace), to=session, name="x", content=b"x", taken_on=date(2026, 3, 1))[1]
    assert grace.store.get(Attachment, taken.id).taken_on == date(2026, 3, 1)
