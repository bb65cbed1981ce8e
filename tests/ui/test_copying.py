"""The mentee's copy: one sheet in her language, with nothing on it that only a mentor may read; behind a password if that is wished."""

from collections.abc import Iterator
from dataclasses import fields as parts_of
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from mentorapp import i18n
from mentorapp.clock import local
from mentorapp.fields import Text, Visibility, fields_of
from mentorapp.records import ActionItem, Goal, Person, Reflection, Session
from mentorapp.services import copies, people, sessions
from mentorapp.services.copies import Copy
from mentorapp.services.sessions import Promise, Settled
from tests.ui.harness import NOW, Bench
from ui import copying, filing, paper, theme
from ui.copying import CopyCard
from ui.screens.mentee import MenteeScreen

ON_IT = {("session", "useful"), ("session", "place"), ("action_item", "text"), ("goal", "statement")}
"""The words of a pair that are on the copy, as docs/decisions/0019 says."""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Bench]:
    monkeypatch.setenv("MENTOR_HOME", str(tmp_path / "home"))
    bench = Bench(tmp_path / "home", qapp)
    yield bench
    bench.end()


def met(bench: Bench, *, promises: int = 2, planned: bool = True) -> str:
    """A session held today in which every word was written, each unmistakable; its id."""

    def hold(w: Any) -> str:
        before = sessions.begin_draft(w, mentorship=bench.grace.id)
        before = replace(before, session=replace(before.session, started=NOW - timedelta(days=30)))
        sessions.hold_session(w, draft=replace(before, promises=(Promise(id="ab" * 16, text="Old promise kept"),)))
        draft = sessions.begin_draft(w, mentorship=bench.grace.id)
        written = {
            name: f"session-{name}"
            for name, field in fields_of(Session).items()
            if isinstance(field, Text) and name not in ("scope", "void_reason")
        }
        session = replace(
            draft.session, **written, commitment=7, next_date=date(2026, 12, 3), topics=("session-topic",)
        )
        made = tuple(
            Promise(
                id=f"{n:032x}",
                text=f"Promise number {n}" + " and so on" * (30 if promises > 16 else 0),
                due=date(2026, 12, 1),
            )
            for n in range(promises)
        )
        draft = replace(
            draft,
            session=session,
            promises=made,
            check_in={"ab" * 16: Settled(to="done")},
            reflection="reflection-text",
            mood="reflection-mood",
        )
        sessions.hold_session(w, draft=draft)
        goal = Goal(
            id="cd" * 16, mentorship=bench.grace.id, statement="goal-statement", why="goal-why", measure="goal-measure",
            target=5, progress=3, due=date(2027, 3, 1), status="active",
        )  # fmt: skip
        w.store.save(goal, by=w.me, at=w.clock.now())
        for n in range(promises - 2):
            more = replace(goal, id=f"{n + 99:032x}", statement="goal-statement" * 30)
            w.store.save(more, by=w.me, at=w.clock.now())
        stuck = w.store.get(ActionItem, f"{0:032x}")
        w.store.save(replace(stuck, status="blocked", reason="action_item-reason"), before=stuck, by=w.me, at=NOW)
        if planned:
            sessions.plan_next(w, after=session, day=date(2026, 12, 3))
        return draft.id

    return bench.ask(hold)


def copy(bench: Bench) -> Copy:
    return bench.ask(lambda w: copies.of(w, person=bench.person.id))


def read(content: bytes) -> tuple[int, str]:
    """How many pages, and the words on them."""
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    words = "\n".join(document.getAllText(page).text() for page in range(document.pageCount()))
    pages = document.pageCount()
    document.close()
    return pages, words


def test_nothing_that_only_a_mentor_may_read_is_on_it(bench: Bench) -> None:
    met(bench)
    html = copying.as_html(copy(bench))
    for kind in (Session, ActionItem, Goal, Reflection):
        for name, field in fields_of(kind).items():
            marked = f"{kind.kind}-{name}"
            if field.visibility <= Visibility.pair and (kind.kind, name) not in ON_IT:
                assert marked not in html, f"{marked} is not for the mentee"
    for on_it in ("session-useful", "goal-statement", "Promise number 1", "Old promise kept", "3 December", "3 of 5"):
        assert on_it in html


def test_what_a_copy_knows_is_named_here_so_that_more_is_thought_over() -> None:
    known = {part.name for part in parts_of(Copy)}
    assert known == {
        *("person", "mentor", "today", "met", "promises", "done", "goals", "useful", "next", "next_day"),
    }


@pytest.mark.parametrize("promises", [2, 45])
def test_it_is_one_page_of_a4(bench: Bench, promises: int) -> None:
    met(bench, promises=promises)
    content = paper.sheet(copying.as_html(copy(bench)), title="A copy")
    pages, words = read(content)
    assert pages == 1
    assert "Promise number 1" in words
    assert ("and 33 more" in words) == (promises > 12)
    box = pypdf.PdfReader(BytesIO(content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


@pytest.mark.parametrize(
    ("spoken", "code"),
    [("Acholi, English", "en"), ("français; lingala", "fr"), ("Kiswahili", "sw"), ("العربية", "ar"), ("Acholi", "")],
)
def test_it_is_in_the_language_of_the_mentee(spoken: str, code: str) -> None:
    assert copies.language_of(Person(id="aa", name="Grace A.", language=spoken)) == code


def test_another_language_is_spoken_on_the_sheet_alone(bench: Bench, tmp_path: Path) -> None:
    met(bench)
    theme.load_faces()
    copying.give(copy(bench), tmp_path / "c.pdf", language="fr", password="", dated=False, now=NOW)
    _, words = read((tmp_path / "c.pdf").read_bytes())
    assert "décembre" in words
    assert i18n.language() == "en"


def test_a_password_keeps_the_sheet_shut(bench: Bench, tmp_path: Path) -> None:
    met(bench)
    place = tmp_path / "c.pdf"
    written = copying.give(copy(bench), place, language="en", password="nine lanterns", dated=True, now=NOW)
    content = place.read_bytes()
    assert b"Grace" not in content
    reader = pypdf.PdfReader(BytesIO(content))
    assert reader.is_encrypted
    encryption = reader.trailer["/Encrypt"].get_object()
    assert (encryption["/V"], encryption["/R"], encryption["/Length"]) == (5, 6, 256)  # type: ignore[index]
    assert reader.decrypt("ten lanterns") == 0
    assert reader.decrypt("nine lanterns") != 0
    assert "Promise number 1" in reader.pages[0].extract_text().replace("\t", " ")
    assert [path.name for path in written] == ["c.pdf", "c.ics"]


def test_the_date_for_the_calendar_is_the_session_and_names_no_mentee(bench: Bench, tmp_path: Path) -> None:
    met(bench)
    (tmp_path / "c.ics").write_text("something else")
    written = copying.give(copy(bench), tmp_path / "c.pdf", language="en", password="", dated=True, now=NOW)
    assert written[1].name == "c 2.ics", "what was there is left alone"
    said = written[1].read_text("utf-8")
    planned = bench.ask(lambda w: w.store.find(Session, "status = 'planned'"))[0]
    assert f"UID:{planned.id}" in said
    assert "Awa D." in said
    assert "Grace" not in said


# --- on the screen ----------------------------------------------------------------------------------------------------


def shown(bench: Bench, **where: str) -> MenteeScreen:
    screen = bench.show(MenteeScreen)
    screen.open(person=bench.person.id, **where)
    bench.settle()
    screen.activateWindow()
    screen.setFocus()
    bench.settle()
    return screen


def card(screen: MenteeScreen) -> CopyCard:
    assert screen._copying is not None
    return screen._copying


def test_a_copy_is_given_from_the_page_of_the_mentee(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    met(bench)
    screen = shown(bench)
    screen._copy.setFocus()
    QTest.keyClick(screen._copy, Qt.Key.Key_Return)
    bench.settle()
    assert card(screen).save.hasFocus()
    said = " ".join(label.text() for label in card(screen).findChildren(QLabel))
    assert "stay with you" in said
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, name, **_kw: tmp_path / name)
    QTest.keyClick(card(screen).save, Qt.Key.Key_Return)
    bench.settle()
    assert screen._copying is None
    assert screen._copy.hasFocus()
    assert {path.name for path in tmp_path.glob("Copy*")} == {"Copy for Grace.pdf", "Copy for Grace.ics"}
    assert bench.said[-1].words == "Written to Copy for Grace.pdf and Copy for Grace.ics."


def test_a_short_password_is_said_beside_it_and_writes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    met(bench)
    screen = shown(bench)
    screen._copy.setFocus()
    QTest.keyClick(screen._copy, Qt.Key.Key_Return)
    bench.settle()
    monkeypatch.setattr(filing, "where_to_save", lambda *_args, **_kw: pytest.fail("nothing is written yet"))
    card(screen).protect.click()
    assert card(screen).password.hasFocus()
    QTest.keyClicks(card(screen).password, "short")
    card(screen).save.click()
    assert "at least 8" in card(screen)._box.problem()
    QTest.keyClick(card(screen).password, Qt.Key.Key_Escape)
    bench.settle()
    assert screen._copying is None


def test_after_a_session_the_copy_and_the_next_date_are_one_click_away(bench: Bench) -> None:
    id = met(bench, planned=False)
    screen = shown(bench, finished=id)
    screen.first_focus().setFocus()
    assert screen._after.copy.hasFocus()
    assert screen._after.plan.text() == "Plan Thursday 3 December"
    screen._after.plan.click()
    bench.settle()
    (planned,) = bench.ask(lambda w: w.store.find(Session, "status = 'planned'"))
    held = bench.ask(lambda w: w.store.get(Session, id))
    assert planned.planned_start is not None
    assert held.started is not None
    assert local(planned.planned_start).date() == date(2026, 12, 3)
    assert local(planned.planned_start).time() == local(held.started).time().replace(second=0, microsecond=0)
    assert not screen._after.plan.isVisible(), "it is planned"
    undo = bench.said[-1].action
    assert undo is not None
    undo()
    bench.settle()
    assert bench.ask(lambda w: w.store.find(Session, "status = 'planned'")) == []
    assert screen._after.plan.isVisible()
    screen._after.copy.click()
    bench.settle()
    assert screen._copying is not None
    screen._after.close_it.click()
    assert not screen._after.isVisible()


def test_whoever_has_no_date_is_led_to_planning(bench: Bench) -> None:
    id = met(bench, planned=False)
    session = bench.ask(lambda w: w.store.get(Session, id))
    bench.ask(lambda w: people.edit(w, session, replace(session, next_date=None)))
    screen = shown(bench, finished=id)
    assert screen._after.plan.text() == "Plan the next session"
    screen._after.plan.click()
    assert bench.gone[-1] == ("sessions", {"plan_for": bench.grace.id})
