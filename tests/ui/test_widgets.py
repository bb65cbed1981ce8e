"""Each widget by every route a person has: pointer, keyboard, and the words that assistive technology reads."""

import time
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from ui import theme
from ui.actions import Command, Commands
from ui.notices import Notices
from ui.widgets import (
    ROW,
    Bar,
    Button,
    Card,
    Chips,
    Column,
    Columns,
    CountInput,
    DayInput,
    DurationInput,
    EmptyState,
    FieldBox,
    GrowingText,
    LineInput,
    ListRow,
    LongList,
    PageTitle,
    Pill,
    PrimaryButton,
    Row,
    RowList,
    RowsModel,
    Scroll,
    SearchBox,
    Segment,
    Stat,
    StopWatch,
    TickRow,
    follow_focus,
    parse_minutes,
)
from ui.widgets.days import parse_day, words
from ui.window import MainWindow, Place

MONDAY = date(2026, 11, 23)
KEPT: list[QWidget] = []  # a window without a parent lives as long as Python holds it


@pytest.fixture(autouse=True)
def plain(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, theme.Theme())
    yield
    for window in KEPT:
        window.close()
        window.deleteLater()
    KEPT.clear()
    theme.apply(qapp, theme.Theme())


def shown(qtbot, *widgets: QWidget, width: int = 600) -> QWidget:  # type: ignore[no-untyped-def]
    window = QWidget()
    column = Column(window, gap=8)
    for widget in widgets:
        column.addWidget(widget)
    window.resize(width, 400)
    KEPT.append(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    return window


# ---- days -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "written", "day"),
    [
        ("en", "today", MONDAY),
        ("en", "Tomorrow", date(2026, 11, 24)),
        ("en", "yesterday", date(2026, 11, 22)),
        ("en", "in 2 weeks", date(2026, 12, 7)),
        ("en", "in two weeks", date(2026, 12, 7)),
        ("en", "2 weeks ago", date(2026, 11, 9)),
        ("en", "3 days", date(2026, 11, 26)),
        ("en", "in a month", date(2026, 12, 23)),
        ("en", "next week", date(2026, 11, 30)),
        ("en", "friday", date(2026, 11, 27)),
        ("en", "last friday", date(2026, 11, 20)),
        ("en", "next friday", date(2026, 11, 27)),
        ("en", "12/3/2026", date(2026, 3, 12)),
        ("en", "12.3.26", date(2026, 3, 12)),
        ("en", "2026-12-03", date(2026, 12, 3)),
        ("en", "12 march", date(2027, 3, 12)),
        ("en", "5 December", date(2026, 12, 5)),
        ("en", "december 5", date(2026, 12, 5)),
        ("en", "5 Dec 2025", date(2025, 12, 5)),
        ("en", "Friday 27 November 2026", date(2026, 11, 27)),
        ("en", "the 3rd", date(2026, 12, 3)),
        ("en", "day after tomorrow", date(2026, 11, 25)),
        ("en", "29 February 2028", date(2028, 2, 29)),
        ("en", "1/1/1900", date(1900, 1, 1)),
        ("fr", "aujourd’hui", MONDAY),
        ("fr", "demain", date(2026, 11, 24)),
        ("fr", "dans 2 semaines", date(2026, 12, 7)),
        ("fr", "il y a 3 jours", date(2026, 11, 20)),
        ("fr", "vendredi prochain", date(2026, 11, 27)),
        ("fr", "12 mars 2026", date(2026, 3, 12)),
        ("fr", "la semaine prochaine", date(2026, 11, 30)),
        ("fr", "lundi 7 décembre 2026", date(2026, 12, 7)),
        ("fr", "dans un mois", date(2026, 12, 23)),
        ("ar", "اليوم", MONDAY),
        ("ar", "غدًا", date(2026, 11, 24)),
        ("ar", "بعد أسبوعين", date(2026, 12, 7)),
        ("ar", "بعد ٣ أيام", date(2026, 11, 26)),
        ("ar", "قبل يومين", date(2026, 11, 21)),
        ("ar", "الجمعة", date(2026, 11, 27)),
        ("ar", "١٢/٣/٢٠٢٦", date(2026, 3, 12)),
        ("ar", "١٢ مارس ٢٠٢٦", date(2026, 3, 12)),
        ("ar", "الأسبوع القادم", date(2026, 11, 30)),
        ("ar", "بعد شهر", date(2026, 12, 23)),
        ("es", "hoy", MONDAY),
        ("es", "pasado mañana", date(2026, 11, 25)),
        ("es", "en 2 semanas", date(2026, 12, 7)),
        ("es", "hace 3 días", date(2026, 11, 20)),
        ("es", "en 1 día", date(2026, 11, 24)),
        ("es", "el día 12", date(2026, 12, 12)),
        ("es", "el viernes que viene", date(2026, 11, 27)),
        ("es", "el viernes pasado", date(2026, 11, 20)),
        ("es", "lunes, 7 de diciembre de 2026", date(2026, 12, 7)),
        ("es", "martes", date(2026, 11, 24)),
        ("pt", "amanhã", date(2026, 11, 24)),
        ("pt", "daqui a 2 semanas", date(2026, 12, 7)),
        ("pt", "há 3 dias", date(2026, 11, 20)),
        ("pt", "dia 12", date(2026, 12, 12)),
        ("pt", "próxima sexta-feira", date(2026, 11, 27)),
        ("pt", "a semana que vem", date(2026, 11, 30)),
        ("pt", "segunda-feira, 7 de dezembro de 2026", date(2026, 12, 7)),
        ("pt", "terça", date(2026, 11, 24)),
        ("sw", "kesho kutwa", date(2026, 11, 25)),
        ("sw", "baada ya wiki 2", date(2026, 12, 7)),
        ("sw", "baada ya wiki mbili", date(2026, 12, 7)),
        ("sw", "siku 3 zilizopita", date(2026, 11, 20)),
        ("sw", "wiki ijayo", date(2026, 11, 30)),
        ("sw", "Ijumaa iliyopita", date(2026, 11, 20)),
        ("sw", "Jumatatu, 7 Desemba 2026", date(2026, 12, 7)),
    ],
)
def test_a_day_is_read_as_people_write_it(language: str, written: str, day: date) -> None:
    assert parse_day(written, today=MONDAY, words=words(language)) == day


@pytest.mark.parametrize(
    "written", ["", "blue moon", "31/2/2026", "32", "0", "99 99", "in", "next", "12/13/14/15", "in 99999999 weeks", "²"]
)
def test_what_is_no_day_is_not_guessed(written: str) -> None:
    assert parse_day(written, today=MONDAY, words=words("en")) is None


@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_reader(written: str) -> None:
    parse_day(written, today=MONDAY, words=words("ar"))
    parse_minutes(written)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_written_in_digits_comes_back(day: date) -> None:
    for written in (day.isoformat(), f"{day.day}/{day.month}/{day.year}"):
        assert parse_day(written, today=MONDAY, words=words("fr")) == day


def test_a_typed_day_is_shown_back_in_full(qtbot) -> None:  # type: ignore[no-untyped-def]
    field, other = DayInput(today=lambda: MONDAY), LineInput()
    shown(qtbot, field, other)
    field.setFocus()
    QTest.keyClicks(field, "in 2 weeks")
    assert field.value() == date(2026, 12, 7)
    other.setFocus()
    assert field.text() == "Monday 7 December 2026"
    assert field.value() == date(2026, 12, 7)


def test_what_is_no_day_is_kept_and_said(qtbot) -> None:  # type: ignore[no-untyped-def]
    field, other = DayInput(today=lambda: MONDAY), LineInput()
    shown(qtbot, field, other)
    field.setFocus()
    QTest.keyClicks(field, "blue moon")
    other.setFocus()
    assert field.text() == "blue moon"
    assert field.value() is None
    assert "not a day" in field.problem()


def test_a_day_can_be_picked_with_the_keyboard_alone(qtbot) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QCalendarWidget

    field = DayInput(today=lambda: MONDAY)
    shown(qtbot, field)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    picker = field.findChild(QCalendarWidget)
    assert isinstance(picker, QCalendarWidget)
    view = picker.focusProxy() or picker.findChild(QWidget, "qt_calendar_calendarview")
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert field.value() == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("90", 90), ("1h30", 90), ("1:30", 90), ("1 h", 60), ("45 min", 45), ("1.5 h", 90), ("٩٠", 90)],
)
def test_minutes_are_read_as_people_write_them(written: str, minutes: int) -> None:
    assert parse_minutes(written) == minutes


def test_minutes_are_shown_back_in_words(qtbot) -> None:  # type: ignore[no-untyped-def]
    field, other = DurationInput(), LineInput()
    shown(qtbot, field, other)
    field.setFocus()
    QTest.keyClicks(field, "1h30")
    other.setFocus()
    assert (field.text(), field.value()) == ("90 minutes", 90)


def test_a_stopwatch_counts_only_while_it_ticks(qtbot) -> None:  # type: ignore[no-untyped-def]
    now = [0.0]
    watch = StopWatch(clock=lambda: now[0])
    qtbot.addWidget(watch)
    watch.start()
    now[0] = 600
    watch.pause()
    now[0] = 6000
    assert watch.minutes() == 10
    watch.click()
    now[0] = 6300
    assert watch.minutes() == 15
    assert "00:15" not in watch.text() or watch.is_ticking()


# ---- fields -----------------------------------------------------------------------------------------------------------------


def test_long_text_grows_with_what_is_typed_and_then_scrolls(qtbot) -> None:  # type: ignore[no-untyped-def]
    field = GrowingText(least=2, most=5)
    shown(qtbot, field)
    low = field.height()
    field.setPlainText("one\ntwo\nthree\nfour")
    assert field.height() > low
    field.setPlainText("\n".join(str(n) for n in range(50)))
    high = field.height()
    field.setPlainText("\n".join(str(n) for n in range(500)))
    assert field.height() == high
    field.clear()
    assert field.height() == low


def test_text_that_wraps_grows_too(qtbot) -> None:  # type: ignore[no-untyped-def]
    field = GrowingText(least=1, most=8)
    shown(qtbot, field, width=240)
    low = field.height()
    field.setPlainText("several words that need more than one line of this narrow field")
    QApplication.processEvents()
    assert field.height() > low


def test_tab_leaves_a_long_text(qtbot) -> None:  # type: ignore[no-untyped-def]
    field, other = GrowingText(), LineInput()
    shown(qtbot, field, other)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert other.hasFocus()
    assert field.toPlainText() == ""


def test_a_paragraph_follows_the_direction_of_its_own_language(qtbot) -> None:  # type: ignore[no-untyped-def]
    field = GrowingText("hello\nمرحبا")
    shown(qtbot, field)
    block = field.document().begin()
    assert block.textDirection() == Qt.LayoutDirection.LeftToRight
    assert block.next().textDirection() == Qt.LayoutDirection.RightToLeft


def test_a_problem_stands_in_the_helpers_place_and_is_heard(qtbot) -> None:  # type: ignore[no-untyped-def]
    box = FieldBox("Minutes", LineInput(), helper="How long you met", visibility="Only this pair’s mentors")
    shown(qtbot, box)
    assert box.editor.accessibleName() == "Minutes"
    box.set_problem("A session lasts less than a day.")
    assert box.editor.accessibleDescription() == "A session lasts less than a day."
    assert "How long" not in " ".join(label.text() for label in box.findChildren(type(box._helper)))
    box.set_problem("")
    assert box.editor.accessibleDescription() == "How long you met"


# ---- choices, rows ----------------------------------------------------------------------------------------------------------


def chips(**how: bool) -> Chips:
    return Chips([("a", "Site visit"), ("b", "Phone"), ("c", "Video")], name="How you met", **how)


def test_at_most_one_exclusive_chip_is_on(qtbot) -> None:  # type: ignore[no-untyped-def]
    group = chips()
    shown(qtbot, group)
    QTest.mouseClick(group.chip("a"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(group.chip("b"), Qt.MouseButton.LeftButton)
    assert group.value() == ("b",)
    QTest.mouseClick(group.chip("b"), Qt.MouseButton.LeftButton)
    assert group.value() == ()


def test_a_required_chip_cannot_be_turned_off(qtbot) -> None:  # type: ignore[no-untyped-def]
    group = chips(required=True)
    shown(qtbot, group)
    group.set_value("a")
    QTest.mouseClick(group.chip("a"), Qt.MouseButton.LeftButton)
    assert group.value() == ("a",)


def test_several_chips_may_be_on_when_not_exclusive(qtbot) -> None:  # type: ignore[no-untyped-def]
    group = chips(exclusive=False)
    shown(qtbot, group)
    for key in ("c", "a"):
        QTest.mouseClick(group.chip(key), Qt.MouseButton.LeftButton)
    assert group.value() == ("a", "c")


@pytest.mark.parametrize("mirrored", [False, True])
def test_arrow_keys_move_between_chips_as_the_eye_does(qtbot, qapp: QApplication, mirrored: bool) -> None:  # type: ignore[no-untyped-def]
    theme.apply(qapp, theme.Theme(right_to_left=mirrored))
    group = chips(required=True)
    shown(qtbot, group)
    group.set_value("a")
    group.chip("a").setFocus()
    towards_next = Qt.Key.Key_Left if mirrored else Qt.Key.Key_Right
    QTest.keyClick(group.chip("a"), towards_next)
    assert group.chip("b").hasFocus()
    assert group.value() == ("b",)


def test_a_group_of_chips_is_one_stop_of_the_tab_key(qtbot) -> None:  # type: ignore[no-untyped-def]
    first, group, last = LineInput(), chips(), LineInput()
    shown(qtbot, first, group, last)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert group.chip("a").hasFocus()
    QTest.keyClick(group.chip("a"), Qt.Key.Key_Tab)
    assert last.hasFocus()


def test_a_segment_always_has_one(qtbot) -> None:  # type: ignore[no-untyped-def]
    segment = Segment([("m", "Month"), ("w", "Week")])
    qtbot.addWidget(segment)
    assert segment.picked_one() == "m"


@pytest.mark.parametrize("route", ["click", "enter", "space"])
def test_a_row_opens_by_pointer_and_by_key(qtbot, route: str) -> None:  # type: ignore[no-untyped-def]
    row = Row("Grace A.", subtitle="Site visit")
    shown(qtbot, row)
    with qtbot.waitSignal(row.activated, timeout=500):
        if route == "click":
            QTest.mouseClick(row, Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(row, Qt.Key.Key_Return if route == "enter" else Qt.Key.Key_Space)


def test_a_button_on_a_row_does_not_open_the_row(qtbot) -> None:  # type: ignore[no-untyped-def]
    button, opened, pressed = Button("Plan"), [], []
    row = Row("Ruth N.", trailing=[button])
    row.activated.connect(lambda: opened.append(1))
    button.clicked.connect(lambda: pressed.append(1))
    shown(qtbot, row)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (opened, pressed) == ([], [1])


def test_up_and_down_move_between_rows(qtbot) -> None:  # type: ignore[no-untyped-def]
    rows = [Row("Grace A."), Row("Ruth N.")]
    shown(qtbot, RowList(rows))
    rows[0].setFocus()
    QTest.keyClick(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()


@pytest.mark.parametrize("route", ["box", "words", "space"])
def test_a_promise_is_ticked_by_every_route(qtbot, route: str) -> None:  # type: ignore[no-untyped-def]
    row = TickRow("Send the template")
    shown(qtbot, row)
    with qtbot.waitSignal(row.ticked, timeout=500) as heard:
        if route == "box":
            QTest.mouseClick(row.box, Qt.MouseButton.LeftButton)
        elif route == "words":
            QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.words.geometry().center())
        else:
            QTest.keyClick(row.box, Qt.Key.Key_Space)
    assert heard.args == [True]
    assert row.box.accessibleName() == "Send the template"


def test_every_mark_says_in_words_what_its_colour_says(qtbot) -> None:  # type: ignore[no-untyped-def]
    marks = [Pill("3 days late", "bad"), Bar(0.6, "3 of 5"), Stat("Needs you", "1", "two versions", tone="bad")]
    shown(qtbot, *marks)
    assert [mark.accessibleName() for mark in marks] == ["3 days late", "3 of 5", "Needs you: 1. two versions"]


def test_an_empty_place_offers_its_one_action(qtbot) -> None:  # type: ignore[no-untyped-def]
    ran: list[int] = []
    place = EmptyState("users", "Nobody yet", "Add the first person.", action="New mentee", run=lambda: ran.append(1))
    shown(qtbot, place)
    assert place.button is not None
    place.button.click()
    assert ran == [1]


# ---- long lists -------------------------------------------------------------------------------------------------------------


def many(count: int = 10_000) -> list[ListRow]:
    return [
        ListRow(f"k{n}", f"Grace A. {n}", "Gulu", "Last met 47 days ago", "GA", (("late", "bad"),))
        for n in range(count)
    ]


def test_ten_thousand_rows_open_and_scroll_without_a_stutter(qtbot) -> None:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    view = LongList(RowsModel(many()), name="Mentees")
    shown(qtbot, view)
    view.grab()
    assert time.perf_counter() - began < 1.0
    bar, slowest = view.verticalScrollBar(), 0.0
    for step in range(40):
        bar.setValue(step * bar.maximum() // 40)
        began = time.perf_counter()
        view.viewport().grab()
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 0.1


@pytest.mark.parametrize("route", ["click", "enter"])
def test_a_long_list_opens_a_row(qtbot, route: str) -> None:  # type: ignore[no-untyped-def]
    model = RowsModel(many(5))
    view = LongList(model, name="Mentees")
    shown(qtbot, view)
    with qtbot.waitSignal(view.opened, timeout=500) as heard:
        if route == "click":
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(model.index(2)).center())
        else:
            view.setCurrentIndex(model.index(2))
            QTest.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == ["k2"]


def test_a_row_of_a_long_list_is_heard_whole() -> None:
    model = RowsModel(many(1))
    heard = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Grace A. 0, Gulu, Last met 47 days ago, late"


def test_new_words_for_the_same_rows_keep_the_readers_place(qtbot) -> None:  # type: ignore[no-untyped-def]
    model = RowsModel(many(50))
    view = LongList(model)
    shown(qtbot, view)
    view.setCurrentIndex(model.index(30))
    model.set_rows([ListRow(row.key, row.title + "!") for row in model.rows()])
    assert view.current_key() == "k30"
    assert model.index(30).data(ROW).title.endswith("!")


# ---- frame ------------------------------------------------------------------------------------------------------------------

PLACES = [Place("today", "calendar", lambda: "Today"), Place("sync", "refresh-cw", lambda: "Sync")]


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def window(qtbot, ran: list[str]) -> MainWindow:  # type: ignore[no-untyped-def]
    commands = Commands(
        [
            Command(
                "record",
                lambda: "Record a session",
                lambda: ran.append("record"),
                shortcut="Ctrl+N",
                keywords=lambda: "new meeting",
            ),
            Command("lock", lambda: "Lock", lambda: ran.append("lock"), shortcut="Ctrl+L"),
        ]
    )
    notices = Notices()
    made = MainWindow(places=PLACES, commands=commands, notices=notices)
    notices.setParent(made)
    made.notices_for_test = notices  # type: ignore[attr-defined]
    for key in ("today", "sync"):
        made.add_screen(key, Scroll())
    made.show_screen("today")
    made.resize(1366, 768)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=2000)
    return made


def test_the_title_of_the_window_reveals_nobody(window: MainWindow) -> None:
    window.set_me("AD", "Awa D., mentor")
    assert window.windowTitle() == "Mentor"


def test_a_place_says_where_to_go_by_pointer_and_key(qtbot, window: MainWindow) -> None:  # type: ignore[no-untyped-def]
    button = window.navigation.button("sync")
    with qtbot.waitSignal(window.navigated, timeout=500) as heard:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard.args == ["sync"]
    with qtbot.waitSignal(window.navigated, timeout=500):
        QTest.keyClick(button, Qt.Key.Key_Space)


def test_a_command_runs_by_its_shortcut_and_from_the_search_box(qtbot, window: MainWindow, ran: list[str]) -> None:  # type: ignore[no-untyped-def]
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert ran == ["record"]
    window.search.begin()
    QTest.keyClicks(window.search.field, "new")
    qtbot.waitUntil(lambda: len(window.search.results()) == 1, timeout=1000)
    QTest.keyClick(window.search.field, Qt.Key.Key_Return)
    assert ran == ["record", "record"]
    assert window.search.results() == ()


def test_results_stand_after_commands_and_are_chosen_with_the_arrows(qtbot, window: MainWindow) -> None:  # type: ignore[no-untyped-def]
    window.searched.connect(lambda asked: window.set_results(asked, [ListRow("person:1", "Grace A.")]))
    window.search.begin()
    QTest.keyClicks(window.search.field, "rec")
    qtbot.waitUntil(lambda: len(window.search.results()) == 2, timeout=1000)
    QTest.keyClick(window.search.field, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.result_chosen, timeout=500) as heard:
        QTest.keyClick(window.search.field, Qt.Key.Key_Return)
    assert heard.args == ["person:1"]


def test_results_for_words_no_longer_typed_are_not_shown(window: MainWindow) -> None:
    window.search.field.setText("gra")
    window.set_results("gr", [ListRow("old", "Old")])
    assert window.search.results() == ()


def test_nothing_found_is_said(qtbot) -> None:  # type: ignore[no-untyped-def]
    box = SearchBox(hint="Search")
    shown(qtbot, box)
    box.field.setText("zz")
    box.set_rows([])
    assert box._results is not None
    assert box._results.isVisible()
    assert "zz" in box._results._nothing.text()
    QTest.keyClick(box.field, Qt.Key.Key_Escape)
    assert not box._results.isVisible()


def test_success_goes_by_itself_and_a_problem_stays(qtbot, window: MainWindow) -> None:  # type: ignore[no-untyped-def]
    from mentorapp.errors import UserError

    window.toast.STAYS_MS = 20  # type: ignore[misc]
    window.notices_for_test.say("Kept.")  # type: ignore[attr-defined]
    assert window.toast.isVisible()
    qtbot.waitUntil(lambda: not window.toast.isVisible(), timeout=1000)
    window.notices_for_test.problem(UserError("The disk is full."))  # type: ignore[attr-defined]
    qtbot.wait(60)
    assert window.toast.isVisible()
    assert window.toast.words() == "The disk is full."


def test_undo_is_one_press_away(window: MainWindow) -> None:
    undone: list[int] = []
    window.notices_for_test.say("Carried over.", action_label="Undo", action=lambda: undone.append(1))  # type: ignore[attr-defined]
    window.toast.press()
    assert undone == [1]
    assert not window.toast.isVisible()


def test_large_text_on_a_small_screen_folds_the_places_and_fits(qapp: QApplication, window: MainWindow) -> None:
    assert not window.navigation.is_narrow()
    theme.apply(qapp, theme.Theme(scale=2.0))
    window.resize(1366, 768)
    QApplication.processEvents()
    assert window.navigation.is_narrow()
    assert window.minimumSizeHint().width() <= 1366
    assert window.minimumSizeHint().height() <= 768
    assert window.navigation.button("sync").toolTip() == "Sync"


def test_a_page_of_two_columns_stacks_where_there_is_no_room(qtbot, qapp: QApplication) -> None:  # type: ignore[no-untyped-def]
    columns = Columns(Card("Sessions"), Card("To finish"), shares=(2, 1))
    window = shown(qtbot, columns, width=1000)
    assert not columns.is_stacked()
    window.resize(500, 400)
    QApplication.processEvents()
    assert columns.is_stacked()
    window.resize(1000, 400)
    QApplication.processEvents()
    assert not columns.is_stacked()


def test_actions_go_under_a_title_where_there_is_no_room(qtbot) -> None:  # type: ignore[no-untyped-def]
    title, button = PageTitle("Session with Grace A.", "Monday"), PrimaryButton("Record a session")
    title.add(button)
    window = shown(qtbot, title, width=800)
    beside = button.y()
    window.resize(300, 400)
    QApplication.processEvents()
    assert button.y() > beside


def test_the_ring_follows_the_keyboard_but_not_a_click_on_a_button(qtbot, qapp: QApplication) -> None:  # type: ignore[no-untyped-def]
    ring = follow_focus(qapp)
    first, second, field = Button("One"), Button("Two"), LineInput()
    shown(qtbot, first, second, field)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert ring.target() is second
    QTest.mousePress(first, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton)
    field.setFocus()
    assert ring.target() is field


def test_every_control_has_a_name_for_those_who_hear_it(qtbot, window: MainWindow) -> None:  # type: ignore[no-untyped-def]
    nameless = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not isinstance(widget, Scroll):
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is None or not interface.text(QAccessible.Text.Name):
                nameless.append(widget)
    assert nameless == []


def test_two_commands_never_share_a_shortcut() -> None:
    commands = Commands([Command("a", lambda: "A", lambda: None, shortcut="Ctrl+A")])
    with pytest.raises(ValueError, match="two commands"):
        commands.add(Command("b", lambda: "B", lambda: None, shortcut="Ctrl+A"))


def test_a_count_is_a_number(qtbot) -> None:  # type: ignore[no-untyped-def]
    count = CountInput(3)
    qtbot.addWidget(count)
    assert count.value() == 3
    assert isinstance(count.lineEdit(), QLineEdit)
    assert count.mapFromGlobal(count.mapToGlobal(QPoint(1, 1))) == QPoint(1, 1)
