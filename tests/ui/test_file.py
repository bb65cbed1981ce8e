"""A file is looked at and heard from memory, with the keyboard alone; one that is not here says so and can be got."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPdfWriter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mentorapp import sound
from mentorapp.records import Session
from mentorapp.services import attachments, sessions
from tests.mentorapp.test_sound import tone
from tests.ui.harness import Bench
from tests.ui.test_attaching import says
from tests.ui.test_shrinking import written
from tests.ui.test_voicing import Mouth
from ui.actions import Command
from ui.screens.file import FileScreen

MARK = b"A word that is nowhere else: quillwort"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    for name in ("MENTOR_HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
        (tmp_path / name).mkdir(mode=0o700)
    monkeypatch.setattr("ui.playing.Speaker", Mouth)
    bench = Bench(tmp_path / "MENTOR_HOME", qapp)
    yield bench
    bench.end()


def image(width: int = 1200, height: int = 600) -> bytes:
    found = QImage(width, height, QImage.Format.Format_RGB32)
    found.fill(QColor("red"))
    return written(found, "PNG")


def pdf(pages: int = 3) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    for page in range(pages):
        painter.drawText(900, 900, f"Page {page}")
        if page + 1 < pages:
            writer.newPage()
    painter.end()
    return bytes(buffer.data().data())


def spoken() -> bytes:
    encoder = sound.Encoder()
    return sound.wav(encoder.encode(tone(1)) + encoder.rest())


def added(bench: Bench, *contents: tuple[str, bytes]) -> list[str]:
    """Files of one session, by their ids."""

    def add(w) -> list[str]:  # type: ignore[no-untyped-def]
        draft = sessions.begin_draft(w, mentorship=bench.grace.id)
        sessions.hold_session(w, draft=draft)
        session = w.store.get(Session, draft.id)
        return [attachments.add(w, to=session, name=name, content=content)[1].id for name, content in contents]

    return bench.ask(add)


def shown(bench: Bench, file: str) -> FileScreen:
    screen = bench.show(FileScreen)
    screen.open(file=file)
    screen.first_focus().setFocus()
    bench.settle()
    return screen


def test_a_picture_is_looked_at_closer_and_turned_with_the_keyboard(bench: Bench) -> None:
    (id,) = added(bench, ("board.png", image()))
    screen = shown(bench, id)
    assert screen.picture.isVisible()
    assert screen.picture.hasFocus()
    fitted = screen.picture.percent()
    assert 50 < fitted < 100, "as large as there is room"
    size = screen.picture._canvas.size()
    QTest.keyClick(screen.picture, "+")
    assert screen.picture.percent() == round(fitted * 1.25)
    QTest.keyClick(screen.picture, "-")
    QTest.keyClick(screen.picture, "-")
    assert screen.picture.percent() < fitted
    QTest.keyClick(screen.picture, "0")
    assert screen.picture._canvas.size() == size
    QTest.keyClick(screen.picture, "r")
    assert screen.picture._canvas.height() > screen.picture._canvas.width()
    assert "Grace A." in says(screen.title)


def test_the_pages_of_a_pdf_are_turned_with_the_keyboard(bench: Bench) -> None:
    (id,) = added(bench, ("guide.pdf", pdf()))
    screen = shown(bench, id)
    assert screen.pages.isVisible()
    assert "Page 1 of 3" in says(screen)
    QTest.keyClick(screen.pages.focusProxy(), Qt.Key.Key_PageDown)
    bench.settle()
    assert "Page 2 of 3" in says(screen)
    before = screen.pages._as_wide()
    QTest.keyClick(screen.pages.focusProxy(), "+")
    assert screen.pages._view is not None
    assert screen.pages._view.zoomFactor() == pytest.approx(before * 1.25, rel=0.02)


def test_a_voice_is_heard(bench: Bench) -> None:
    (id,) = added(bench, ("note.wav", spoken()))
    screen = shown(bench, id)
    assert screen.player is not None
    assert screen.player.button.hasFocus()
    mouth = screen.player.speaker
    assert isinstance(mouth, Mouth)
    assert mouth.content == spoken()
    QTest.keyClick(screen.player.button, Qt.Key.Key_Space)
    assert "play" in mouth.asked
    screen.leave()
    assert screen.player is None


def test_one_goes_from_file_to_file_and_back(bench: Bench) -> None:
    gone: list[str] = []
    bench.shell.commands.add(Command("back", lambda: "Back", lambda: gone.append("back")))
    first, second = added(bench, ("board.png", image()), ("words.txt", MARK))
    screen = shown(bench, first)
    assert "1 of 2" in says(screen)
    assert not screen.before.isEnabled()
    QTest.keyClick(screen.picture, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    bench.settle()
    assert screen._id == second
    assert screen.words.toPlainText() == MARK.decode()
    QTest.keyClick(screen.words, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    bench.settle()
    assert screen.picture.isVisible()
    QTest.keyClick(screen.picture, Qt.Key.Key_Escape)
    assert gone == ["back"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("film.mp4", b"\0\0\0\x20ftypisom" + bytes(99), "cannot be shown here"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "This picture cannot be shown"),
        ("broken.pdf", b"%PDF-1.7\n" + bytes(99), "These pages cannot be shown"),
    ],
)
def test_what_cannot_be_shown_is_said_and_can_be_saved(bench: Bench, name: str, content: bytes, said: str) -> None:
    screen = shown(bench, *added(bench, (name, content)))
    assert said in says(screen)
    assert screen.save.isVisible()


def test_a_file_that_is_not_here_says_so_and_can_be_got(bench: Bench) -> None:
    (id,) = added(bench, ("board.png", image()))

    def away(w) -> None:  # type: ignore[no-untyped-def]
        with w.store.transaction():
            w.store.connection.execute("UPDATE file SET here = 0")
            w.store.connection.execute("DELETE FROM file_piece")

    bench.ask(away)
    screen = shown(bench, id)
    assert "not on this laptop yet" in says(screen)
    assert not screen.save.isVisible()
    button = screen._away._state.button  # type: ignore[union-attr]
    assert button is not None
    button.click()
    bench.settle()
    assert "comes with the next exchange" in says(screen)


def test_nothing_that_is_looked_at_is_written_anywhere(bench: Bench, tmp_path: Path) -> None:
    ids = added(bench, ("words.txt", MARK), ("board.png", image()), ("guide.pdf", pdf()), ("note.wav", spoken()))
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    open_before = _open_files()
    screen = shown(bench, ids[0])
    for id in ids:
        screen.open(file=id)
        bench.settle()
        new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
        assert {path.name for path in new} <= {"store.mentor-wal", "store.mentor-shm"}, new
        assert _open_files() <= open_before, "not even a file without a name"
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert MARK not in content, path
            assert pdf()[:8] not in content, path
            assert b"WAVEfmt " not in content, path


def _open_files() -> set[str]:
    """What this process has open that lies on a disk, deleted files among them."""
    fds = Path("/proc/self/fd")
    if not fds.exists():
        return set()
    found = set()
    for each in fds.iterdir():
        try:
            target = os.readlink(each)
        except OSError:
            continue
        if target.startswith("/") and not target.startswith(("/dev", "/proc", "/sys")):
            found.add(target)
    return found
