"""Every kind of field can be written in, and opening a form loses nothing."""

import json
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mentorapp.fields import (
    KINDS_OF_FIELD,
    Answers,
    Choice,
    Count,
    Day,
    Field,
    Flag,
    Many,
    Moment,
    Ref,
    Text,
    Visibility,
    cleaned,
    fields_of,
    options,
)
from mentorapp.records import ALL, Session
from ui.editors import EDITORS, READERS, ChipsEditor, ComboEditor, EditorBox, editor_for
from ui.editors.times import read_time
from ui.editors.words import LongEditor

DECLARED = [(record.kind, name, field) for record in ALL for name, field in fields_of(record).items()]
IDS = [f"{kind}.{name}" for kind, name, _ in DECLARED]

WORDS = st.text(max_size=40).map(cleaned)
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def values(field: Field) -> st.SearchStrategy[object]:
    """Any value of a field, the empty one among them."""
    kinds: dict[type[Field], st.SearchStrategy[object]] = {
        Text: WORDS,
        Day: DAYS,
        Moment: MOMENTS,
        Flag: st.booleans(),
        Ref: st.uuids().map(lambda u: u.hex),
        Answers: st.dictionaries(st.text(min_size=1, max_size=8), WORDS | st.integers(), max_size=4).map(
            lambda d: field.value(d) if d else ""
        ),
    }
    if isinstance(field, Count):
        drawn: st.SearchStrategy[object] = st.integers(field.least, field.most)
    elif isinstance(field, Choice):
        drawn = st.sampled_from([o.code for o in field.options]) | st.just("of a later version")
    elif isinstance(field, Many):
        drawn = st.lists(values(field.of), max_size=4).map(
            lambda many: field.value(field.plain(tuple(each for each in many if each)))
        )
    else:
        drawn = kinds[type(field)]
    return st.just(field.empty) | drawn


def test_every_kind_of_field_has_an_editor() -> None:
    assert set(EDITORS) == set(KINDS_OF_FIELD)


def test_every_class_of_readers_has_its_picture() -> None:
    assert set(READERS) == set(Visibility)


@pytest.mark.parametrize(("kind", "name", "field"), DECLARED, ids=IDS)
def test_every_declared_field_is_named_and_marked(qtbot, kind: str, name: str, field: Field) -> None:
    box = EditorBox(field)
    qtbot.addWidget(box)
    assert box.editor.accessibleName() == field.label
    assert field.visibility.words in [label.text() for label in box.findChildren(type(box._label))]


@pytest.mark.parametrize("field", [f for _, _, f in DECLARED] + [Answers(label="Answers")], ids=[*IDS, "answers"])
def test_an_editor_gives_back_what_it_was_given(qtbot, field: Field) -> None:
    editor = editor_for(field)
    qtbot.addWidget(editor)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values(field))
    def proven(value: object) -> None:
        told: list[object] = []
        editor.edited.connect(lambda: told.append(1))
        editor.set_value(value)
        assert editor.value() == value
        editor.set_value(editor.value())
        assert editor.value() == value
        assert not told, "showing a value is no edit"

    proven()


# Whatever is typed must come out the same by reading it off the screen, not only by remembering it.
TYPED = [
    (Text(label="Line"), "quiet question", "quiet question"),
    (Text(label="Long", long=True), "two\nlines", "two\nlines"),
    (Count(label="How many"), "1 250", 1250),
    (Count(label="كم"), "٤٢", 42),
    (Count(label="Minutes", unit="minutes"), "1h30", 90),
    (Day(label="Day"), "7/12/2026", date(2026, 12, 7)),
    (Day(label="Day"), "1/1/1900", date(1900, 1, 1)),
    (Day(label="Day"), "31/12/2100", date(2100, 12, 31)),
    (Many(label="Topics", of=Text(label="Topic")), "listening,asking", ("asking", "listening")),
]


@pytest.mark.parametrize(("field", "typed", "value"), TYPED, ids=[f"{type(f).__name__} {t!r}" for f, t, _ in TYPED])
def test_what_is_typed_is_the_value(qtbot, field: Field, typed: str, value: object) -> None:
    box = EditorBox(field)
    qtbot.addWidget(box)
    box.show()
    target = box.editor.focusProxy() or box.editor
    with qtbot.waitSignal(box.input.edited):
        for letter in typed:
            if letter == "\n":
                QTest.keyClick(target, Qt.Key.Key_Return)
            else:  # QTest knows only the letters of an English keyboard
                QApplication.sendEvent(
                    target, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter)
                )
    assert box.value() == value
    assert not box.unreadable()


@pytest.mark.parametrize(
    ("field", "typed"),
    [(Count(label="How many"), "a few"), (Day(label="Day"), "blue moon"), (Count(label="M", unit="minutes"), "long"),
     (Moment(label="When"), "someday"), (Ref(label="Who", to="person"), "nobody")],
    ids=lambda each: type(each).__name__ if isinstance(each, Field) else each,
)  # fmt: skip
def test_words_that_cannot_be_read_are_said_and_kept(qtbot, field: Field, typed: str) -> None:
    box = EditorBox(field)
    qtbot.addWidget(box)
    QTest.keyClicks(box.editor.focusProxy() or box.editor, typed)
    assert box.value() is None
    assert box.unreadable()
    assert typed in box.input.typed()
    again = EditorBox(field)
    qtbot.addWidget(again)
    again.input.set_typed(box.input.typed())
    assert again.input.typed() == box.input.typed()


def test_few_options_are_all_in_sight_and_many_open() -> None:
    few = Choice(label="Few", options=options(a="A", b="B"))
    many = fields_of(Session)["mode"]
    assert EDITORS[Choice](few).__class__ is ChipsEditor
    assert EDITORS[Choice](many).__class__ is ComboEditor


def test_a_reference_shows_its_words_once_they_arrive(qtbot) -> None:
    for field, value in ((Ref(label="Who", to="person"), "id1"),
                         (Many(label="Who", of=Ref(label="Who", to="person")), ("id1",))):  # fmt: skip
        editor = editor_for(field)
        qtbot.addWidget(editor)
        editor.set_value(value)
        editor.set_options([("id1", "Grace A."), ("id2", "Ruth N.")])
        shown = editor.text() if isinstance(field, Ref) else editor._tags[0][1].text()
        assert shown == "Grace A."
        assert editor.value() == value


def test_people_are_picked_by_typing_a_part_of_their_name(qtbot) -> None:
    editor = editor_for(Many(label="Who", of=Ref(label="Who", to="person")))
    qtbot.addWidget(editor)
    editor.set_options([("id1", "Grace A."), ("id2", "Ruth N.")])
    QTest.keyClicks(editor.line, "ruth n.")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert editor.value() == ("id2",)
    QTest.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert editor.value() == ()


def test_control_characters_are_left_out_with_a_quiet_sentence(qtbot) -> None:
    box = EditorBox(Text(label="Notes", long=True))
    qtbot.addWidget(box)
    pasted = QMimeData()
    pasted.setText("one\x00two\x1bthree\tfour\r\nfive")
    box.input.insertFromMimeData(pasted)
    assert box.value() == "onetwothree\tfour\nfive"
    assert "left out" in box._helper.text()


def test_ten_megabytes_are_taken_whole_and_shown_in_part(qtbot) -> None:
    box = EditorBox(Text(label="Notes", long=True))
    qtbot.addWidget(box)
    box.resize(700, 400)
    box.show()
    QTest.keyClicks(box.editor, "before ")
    pasted = QMimeData()
    huge = "She asked first. " * 620_000
    pasted.setText(huge)
    box.input.insertFromMimeData(pasted)
    assert box.value() == "before " + huge
    assert box.editor.document().characterCount() < 30_000
    assert "draft" in box.problem()
    QTest.keyClick(box.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box.editor, Qt.Key.Key_Delete)
    assert box.value() == ""
    assert not box.problem()
    QTest.keyClick(box.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.value() == "before " + huge


def test_pasting_in_the_middle_keeps_the_order(qtbot) -> None:
    editor = LongEditor(Text(label="Notes", long=True))
    qtbot.addWidget(editor)
    editor.set_value("ab")
    cursor = editor.textCursor()
    cursor.setPosition(1)
    editor.setTextCursor(cursor)
    pasted = QMimeData()
    pasted.setText("x" * 50_000)
    editor.insertFromMimeData(pasted)
    assert editor.value() == "a" + "x" * 50_000 + "b"


def test_hard_spaces_and_long_texts_survive_an_edit(qtbot) -> None:
    editor = LongEditor(Text(label="Notes", long=True))
    qtbot.addWidget(editor)
    before = "50\u00a0km\n" + "line of words\n" * 30_000
    editor.set_value(before)
    editor.moveCursor(editor.textCursor().MoveOperation.Start)
    QTest.keyClicks(editor, "At ")
    assert editor.value() == "At " + before


@pytest.mark.parametrize(
    ("written", "meant"),
    [("9:30", time(9, 30)), ("0930", time(9, 30)), ("9h", time(9)), ("14h05", time(14, 5)), ("2 pm", time(14)),
     ("١٤:٠٥", time(14, 5)), ("25:00", None), ("9:75", None), ("soon", None)],
)  # fmt: skip
def test_a_time_of_day_is_read_as_people_write_it(written: str, meant: time | None) -> None:
    assert read_time(written) == meant


def test_answers_keep_their_shape(qtbot) -> None:
    editor = editor_for(Answers(label="Answers"))
    qtbot.addWidget(editor)
    editor.set_value('{"how":"well","times":3}')
    editor.lines()["how"].setFocus()
    QTest.keyClicks(editor.lines()["how"], " enough")
    assert json.loads(editor.value()) == {"how": "well enough", "times": 3}
