"""Files of a session: added at once or after one question, told truly how they stand, got, copied, taken out and brought back."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mentorapp import bare
from mentorapp.records import Attachment, Session
from mentorapp.services import attachments, consents
from tests.ui.harness import Bench
from tests.ui.test_record import kept, opened, wait_until_kept
from tests.ui.test_shrinking import photo
from ui import filing, shrinking
from ui.camera import Camera
from ui.filerows import FileRow
from ui.screens.file import FileScreen
from ui.screens.mentee import MenteeScreen
from ui.screens.record import RecordScreen
from ui.widgets import TimelineRow, reading


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path / "home"))
    bench = Bench(tmp_path / "home", qapp)
    yield bench
    bench.end()


@pytest.fixture
def screen(bench: Bench) -> RecordScreen:
    return opened(bench, mentorship=bench.grace.id)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    place = tmp_path / "board.png"
    place.write_bytes(photo(2400, 1200, orientation=1))
    return place


@pytest.fixture
def note(tmp_path: Path) -> Path:
    place = tmp_path / "note.txt"
    place.write_bytes(b"What the circle wrote on the board. " * 30)
    return place


def choose(bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, place: Path | None) -> None:
    """Press the button and choose this file."""
    monkeypatch.setattr(filing, "which_to_open", lambda *_args, **_kw: place)
    screen.files.choose.click()
    bench.settle()


def files(bench: Bench) -> list[tuple[str, bytes | None]]:
    """The files in sight, with their contents."""
    return bench.ask(lambda w: [(one.name, attachments.content(w, attachment=one)) for one in w.store.find(Attachment)])


def rows(screen: RecordScreen) -> list[FileRow]:
    return [row for row in screen.files.files.rows() if isinstance(row, FileRow)]


def says(widget: QWidget) -> str:
    """All the words in sight."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_small_file_is_added_at_once(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    assert files(bench) == [("note.txt", note.read_bytes())]
    (row,) = rows(screen)
    assert row.accessibleName() == "note.txt, 2 KB · only on this laptop"
    assert not screen.files.question.isVisible()
    (draft,) = kept(bench)
    assert bench.ask(lambda w: w.store.find(Attachment)[0].owner) == draft.id, "the draft is kept, so the file is found"


@pytest.mark.parametrize("answer", ["small", "whole", "cancel"])
def test_a_large_photo_is_added_as_the_person_says(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path, answer: str
) -> None:
    content = large.read_bytes()
    choose(bench, screen, monkeypatch, large)
    question = screen.files.question
    assert question.isVisible()
    assert "“board.png” is " in says(question)
    assert question.small.hasFocus()
    assert question.small.accessibleDescription() == question.accessibleName()
    assert files(bench) == [], "nothing is kept before the person has said what"
    getattr(question, answer).click()
    bench.settle()
    small = shrinking.smaller(content)
    assert (
        files(bench)
        == {
            "small": [("board.jpg", small)],
            "whole": [("board.png", bare.bare(content))],
            "cancel": [],
        }[answer]
    )
    assert not any(b"Secretphone" in (kept or b"") for _, kept in files(bench)), "what the camera noted stays out"
    assert not question.isVisible()
    assert screen.files.choose.hasFocus()


def test_whoever_thinks_better_of_it_adds_nothing(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(bench, screen, monkeypatch, None)
    assert files(bench) == []
    assert kept(bench) == []


def test_a_file_goes_to_the_session_for_which_it_was_chosen(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path
) -> None:
    QTest.keyClicks(screen.page.notes.editor, "about the board")
    wait_until_kept(bench, screen)
    (draft,) = kept(bench)
    choose(bench, screen, monkeypatch, large)
    screen.open(mentorship=bench.ruth.id)
    bench.settle()
    assert not screen.files.question.isVisible(), "another session is no place for the question"
    screen.open(draft=draft.id)
    bench.settle()
    assert screen.files.question.isVisible()
    screen.files.question.small.click()
    bench.settle()
    assert bench.ask(lambda w: [one.owner for one in w.store.find(Attachment)]) == [draft.id]


@pytest.mark.parametrize(
    ("kind", "said"), [("empty", "is empty"), ("large", "larger than"), ("gone", "could not be read")]
)
def test_what_cannot_be_added_is_said_in_the_card(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, said: str
) -> None:
    place = tmp_path / "video.mp4"
    if kind != "gone":
        with place.open("wb") as file:
            file.truncate(0 if kind == "empty" else attachments.MOST + 1)
    choose(bench, screen, monkeypatch, place)
    assert said in says(screen.files)
    assert "video.mp4" in screen.files.choose.accessibleDescription()
    assert files(bench) == []
    assert bench.said == []


def test_the_window_lives_while_a_photo_is_read_and_made_smaller(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path
) -> None:
    stalls: list[float] = []
    last = [time.monotonic()]

    def beat() -> None:
        stalls.append(time.monotonic() - last[0])
        last[0] = time.monotonic()

    def slow(content: bytes) -> bytes:
        time.sleep(0.4)
        return content[: len(content) // 2]

    monkeypatch.setattr(shrinking, "smaller", slow)
    monkeypatch.setattr(filing, "which_to_open", lambda *_args, **_kw: large)
    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(5)
    screen.files.choose.click()
    assert "Reading “board.png”" in says(screen.files)
    monkeypatch.setattr(filing, "which_to_open", lambda *_args, **_kw: pytest.fail("one at a time"))
    screen.files.choose.click()
    bench.settle()
    timer.stop()
    assert screen.files.question.isVisible()
    assert len(stalls) > 10
    assert max(stalls) < 0.3


# --- how it stands ----------------------------------------------------------------------------------------------------


def stand(bench: Bench, sql: str, *values: object) -> None:
    """As if an exchange had left the file like that."""

    def said(w: object) -> None:
        with w.store.transaction():  # type: ignore[attr-defined]
            w.store.connection.execute(f"UPDATE file SET {sql}", values)  # type: ignore[attr-defined]

    bench.ask(said)


@pytest.mark.parametrize(
    ("sql", "values", "said"),
    [
        ("sent = size * 2 / 5, upload = 'u'", (), "2 KB · 40 % sent"),
        ("sent = size, safe_at = ?", (datetime(2026, 11, 23).isoformat(),), "2 KB · safe at the office"),
        ("refused = 'no_room'", (), "The server has no room for more files."),
        ("refused = 'a reason of 2031'", (), "for a reason that this version of Mentor does not know"),
        ("here = 0", (), "2 KB · not on this laptop yet"),
        ("here = 0, wanted = 1", (), "2 KB · comes with the next exchange"),
    ],
)
def test_a_file_says_how_it_stands(
    bench: Bench,
    screen: RecordScreen,
    monkeypatch: pytest.MonkeyPatch,
    note: Path,
    sql: str,
    values: tuple[str, ...],
    said: str,
) -> None:
    choose(bench, screen, monkeypatch, note)
    stand(bench, sql, *values)
    screen.refresh()
    bench.settle()
    (row,) = rows(screen)
    assert said in says(row)
    assert said in row.accessibleName()


def test_a_file_that_is_elsewhere_can_be_got(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    stand(bench, "here = 0")
    screen.refresh()
    bench.settle()
    (row,) = rows(screen)
    assert row.get.isVisible()
    assert not row.save.isVisible(), "there is nothing to copy"
    row.get.click()
    bench.settle()
    (row,) = rows(screen)
    assert "comes with the next exchange" in says(row)
    assert not row.get.isVisible()
    assert bench.ask(lambda w: w.store.file(w.store.find(Attachment)[0].content_hash).wanted)


# --- out of it --------------------------------------------------------------------------------------------------------


def test_a_copy_is_written_where_the_person_says_and_nowhere_else(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path, tmp_path: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    content = note.read_bytes()
    note.unlink()
    (row,) = rows(screen)
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, **_kw: None)
    row.save.click()
    bench.settle()
    assert [p for p in tmp_path.rglob("*") if p.is_file() and b"What the circle" in p.read_bytes()] == []
    copy = tmp_path / "stick" / "copy.txt"
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, **_kw: copy)
    row.save.click()
    bench.settle()
    assert "could not be written there" in bench.said[-1].words
    copy.parent.mkdir()
    row.save.click()
    bench.settle()
    assert copy.read_bytes() == content
    assert bench.said[-1].words == "Written to copy.txt."
    assert [p for p in tmp_path.rglob("*") if p.is_file() and b"What the circle" in p.read_bytes()] == [copy]


def test_a_name_from_elsewhere_is_a_name_and_never_a_place(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = screen.draft()
    assert draft is not None
    bench.ask(lambda w: attachments.add(w, to=draft.session, name="../../.bashrc", content=b"x"))
    screen.refresh()
    bench.settle()
    asked: list[str] = []
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, name, **_kw: asked.append(name))
    rows(screen)[0].save.click()
    assert asked == ["bashrc"]


def test_what_is_taken_out_can_be_brought_back(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    rows(screen)[0].take_out.click()
    bench.settle()
    assert files(bench) == []
    assert rows(screen) == []
    notice = bench.said[-1]
    assert notice.words == "“note.txt” is taken out."
    assert notice.action is not None
    notice.action()
    bench.settle()
    assert files(bench) == [("note.txt", note.read_bytes())]
    assert len(rows(screen)) == 1


def test_a_draft_thrown_away_takes_its_files_along_and_brings_them_back(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path, large: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    choose(bench, screen, monkeypatch, large)
    screen.page.give_up.click()
    bench.settle()
    assert files(bench) == []
    assert kept(bench) == []
    notice = bench.said[-1]
    assert notice.action is not None
    notice.action()
    bench.settle()
    assert files(bench) == [("note.txt", note.read_bytes())]
    (draft,) = kept(bench)
    screen.open(draft=draft.id)
    bench.settle()
    assert len(rows(screen)) == 1
    assert not screen.files.question.isVisible(), "the question went with the draft"


def test_a_file_that_is_still_read_goes_to_no_draft_that_was_thrown_away(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    monkeypatch.setattr(filing, "which_to_open", lambda *_args, **_kw: note)
    bench.tasks.run(lambda: time.sleep(0.2), lane="pictures")
    screen.files.choose.click()
    screen.page.give_up.click()
    bench.settle()
    assert bench.ask(lambda w: w.store.find(Attachment, voided=True)) == []


def test_a_file_that_is_still_read_is_found_again_though_the_person_went_on(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    monkeypatch.setattr(filing, "which_to_open", lambda *_args, **_kw: note)
    bench.tasks.run(lambda: time.sleep(0.2), lane="pictures")
    screen.files.choose.click()
    screen.open(mentorship=bench.ruth.id)
    bench.settle()
    assert rows(screen) == [], "it belongs to the other session"
    (draft,) = kept(bench)
    screen.open(draft=draft.id)
    bench.settle()
    assert len(rows(screen)) == 1


def test_a_file_on_the_line_of_time_opens_and_leads_to_its_session(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    (draft,) = kept(bench)
    mentee = bench.show(MenteeScreen)
    mentee.open(person=bench.person.id)
    bench.settle()
    (row,) = [row for row in mentee.findChildren(TimelineRow) if "note.txt" in row.accessibleName()]
    row.activated.emit()
    ((screen_of, where),) = bench.gone[-1:]
    assert screen_of == "file"
    looked = bench.show(FileScreen)
    looked.open(**where)
    bench.settle()
    looked.session.click()
    assert bench.gone[-1] == ("record", {"session": draft.id})


def test_finishing_without_an_answer_keeps_the_smaller_copy(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path
) -> None:
    QTest.keyClicks(screen.page.notes.editor, "notes")
    screen.page.clock.set_seconds(20 * 60)
    choose(bench, screen, monkeypatch, large)
    screen.page.finish.click()
    bench.settle()
    assert len(bench.ask(lambda w: w.store.find(Session))) == 1
    assert files(bench) == [("board.jpg", shrinking.smaller(large.read_bytes()))]


def test_a_finished_session_keeps_its_files_and_gets_more_without_being_reopened(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path, tmp_path: Path
) -> None:
    QTest.keyClicks(screen.page.notes.editor, "notes")
    screen.page.clock.set_seconds(20 * 60)
    choose(bench, screen, monkeypatch, note)
    screen.page.finish.click()
    bench.settle()
    (session,) = bench.ask(lambda w: w.store.find(Session))
    screen.open(session=session.id)
    bench.settle()
    assert len(rows(screen)) == 1
    more = tmp_path / "more.txt"
    more.write_bytes(b"more")
    choose(bench, screen, monkeypatch, more)
    assert [name for name, _ in files(bench)] == ["note.txt", "more.txt"]
    assert kept(bench) == [], "a file more is no edit of the session"


# --- every route ------------------------------------------------------------------------------------------------------


def test_everything_is_reached_by_the_keyboard_and_named(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    (row,) = rows(screen)
    screen.files.choose.setFocus()
    for button in (row.take_out, row.save):
        reading.move(screen, forward=False)
        assert QApplication.focusWidget() is button
        assert button.accessibleName().endswith("“note.txt”")


def drop(screen: RecordScreen, mime: QMimeData) -> None:
    """Let go of something over the card."""
    at, left = QPointF(20, 20), Qt.MouseButton.LeftButton
    for event in (
        QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, mime, left, Qt.KeyboardModifier.NoModifier),
        QDropEvent(at, Qt.DropAction.CopyAction, mime, left, Qt.KeyboardModifier.NoModifier),
    ):
        QApplication.sendEvent(screen.files, event)
        assert event.isAccepted()


def test_files_dropped_together_are_added_one_after_another(
    bench: Bench, screen: RecordScreen, note: Path, large: Path
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(large)), QUrl.fromLocalFile(str(note))])
    drop(screen, mime)
    bench.settle()
    assert screen.files.question.isVisible(), "the photo asks first"
    assert files(bench) == []
    screen.files.question.small.click()
    bench.settle()
    assert [name for name, _ in files(bench)] == ["board.jpg", "note.txt"]


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_without_a_file_is_added_too(bench: Bench, screen: RecordScreen, way: str) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert not screen.files.paste.isVisible(), "there is nothing to paste"
    if way == "drop":
        mime = QMimeData()
        mime.setImageData(image)
        drop(screen, mime)
    else:
        QGuiApplication.clipboard().setImage(image)
        assert screen.files.paste.isVisible()
        screen.files.paste.click()
    bench.settle()
    QGuiApplication.clipboard().clear()
    ((name, content),) = files(bench)
    assert name.startswith("Photo ")
    assert name.endswith(".jpg")
    assert QImage.fromData(content or b"").size() == image.size()


class EyeWithout(Camera):
    """A camera that sees what a test shows it."""

    def begin(self) -> None:
        """Nothing has to be opened."""


def test_a_photo_is_taken_with_the_camera_and_touches_no_disk(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ui.camera.Camera", EyeWithout)
    before = set(tmp_path.rglob("*"))
    screen.files.photo.click()
    finder = screen.files.viewfinder
    assert finder is not None
    assert not finder.take.isEnabled(), "nothing is seen yet"
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    finder.camera.seen.emit(image)
    assert finder.take.hasFocus()
    QTest.keyClick(finder.take, Qt.Key.Key_Return)
    bench.settle()
    assert QImage.fromData(files(bench)[0][1] or b"").size() == image.size()
    assert not finder.isVisible()
    assert screen.files.photo.hasFocus()
    assert set(tmp_path.rglob("*")) == before


def test_without_a_camera_it_is_said_and_escape_leaves(bench: Bench, screen: RecordScreen) -> None:
    screen.files.photo.click()
    finder = screen.files.viewfinder
    assert finder is not None
    assert "camera was found" in says(finder) or "takes pictures is missing" in says(finder)
    QTest.keyClick(finder.leave, Qt.Key.Key_Escape)
    assert not finder.isVisible()


# --- consent ----------------------------------------------------------------------------------------------------------


def test_whoever_was_not_asked_about_photographs_is_named_and_can_be_asked_at_once(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path
) -> None:
    allowing = screen.files.allowing
    assert not allowing.isVisible(), "nothing is being kept of anybody"
    choose(bench, screen, monkeypatch, large)
    assert allowing.isVisible()
    assert "Grace A. has not been asked about photographs yet." in says(allowing)
    assert screen.files.question.isVisible(), "it stops nobody"
    allowing.ask.click()
    assert allowing.later.hasFocus(), "nobody's answer is assumed"
    QTest.keyClick(allowing.yes, Qt.Key.Key_Return)
    bench.settle()
    assert not allowing.isVisible()
    assert bench.ask(lambda w: consents.allows(w, bench.person.id, "photo"))
    assert not bench.ask(lambda w: consents.allows(w, bench.person.id, "audio"))
    screen.files.question.small.click()
    choose(bench, screen, monkeypatch, large)
    assert not allowing.isVisible(), "who said yes is not asked again"


def test_whoever_said_no_is_not_asked_to_say_yes(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path
) -> None:
    bench.ask(lambda w: consents.record(w, person=bench.person.id, purpose="photo", given=False))
    choose(bench, screen, monkeypatch, large)
    assert "Grace A. does not want photographs kept." in says(screen.files.allowing)


def test_a_plain_file_asks_for_no_consent(
    bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, note: Path
) -> None:
    choose(bench, screen, monkeypatch, note)
    assert not screen.files.allowing.isVisible()


def test_in_a_group_each_is_asked(bench: Bench, monkeypatch: pytest.MonkeyPatch, large: Path) -> None:
    screen = opened(bench, mentorship=bench.circle.id)
    choose(bench, screen, monkeypatch, large)
    for name in ("Grace A.", "Ruth N."):
        assert name in says(screen.files.allowing)
        screen.files.allowing.ask.click()
        screen.files.allowing.yes.click()
        bench.settle()
    assert not screen.files.allowing.isVisible()


def test_a_photo_does_not_wait_for_a_long_exchange(
    qtbot, bench: Bench, screen: RecordScreen, monkeypatch: pytest.MonkeyPatch, large: Path
) -> None:  # type: ignore[no-untyped-def]
    ended = threading.Event()
    bench.tasks.run(lambda: ended.wait(20), lane="network")
    monkeypatch.setattr(filing, "which_to_open", lambda *_args, **_kw: large)
    screen.files.choose.click()
    try:
        qtbot.waitUntil(lambda: screen.files.question.isVisible(), timeout=10_000)
    finally:
        ended.set()
    bench.settle()
