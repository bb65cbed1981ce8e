"""The frame: places to go at the leading side, search at the top, one screen at a time, the truth about safety at the bottom.

Knows no screen: widgets are given to it by key. Its title is the program's name and never anybody's. Where there is little room (a
small screen, large text) the places fold into pictures whose words are tool tips.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from mentorapp.i18n import digits, tr
from ui import asking, theme
from ui.actions import Command, Commands
from ui.notices import Notice, Notices
from ui.widgets import reading
from ui.widgets.boxes import Column, Line, hairline, text
from ui.widgets.buttons import IconButton
from ui.widgets.focus import follow_focus
from ui.widgets.lists import ListRow
from ui.widgets.marks import Avatar, Badge
from ui.widgets.search import SearchBox
from ui.widgets.status import StatusLine, Toast

COMMANDS_ONLY = ">"
"""What begins a line in the search box that looks for commands alone."""

WIDE = 212
NARROW = 60


@dataclass(frozen=True)
class Place:
    """Somewhere to go: its key, its picture, its words in the language in use."""

    key: str
    icon: str
    label: Callable[[], str]


class _PlaceButton(QAbstractButton):
    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.narrow = False
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setProperty("kind", "place")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.badge = Badge("", parent=self)
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        self.setText(self.place.label())
        self.setAccessibleName(self.place.label())

    def set_badge(self, words: str, said: str) -> None:
        self.badge.set(words, "accent")
        self.setAccessibleDescription(said)
        self._stand()

    def restyle(self) -> None:
        # Where the window is low, the places give way to one another rather than push the window beyond the screen.
        self.setMinimumHeight(theme.px(24))
        self.setMaximumHeight(theme.px(38))
        self._stand()
        self.update()

    def sizeHint(self) -> QSize:
        width = theme.px(42 + 12) + QFontMetrics(theme.font("body", 500)).horizontalAdvance(self.text()) + theme.px(30)
        return QSize(theme.px(38) if self.narrow else width, theme.px(38))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stand()

    def _stand(self) -> None:
        size = self.badge.sizeHint()
        gap = theme.px(1 if self.narrow else 12)
        x = gap if self._mirrored() else self.width() - size.width() - gap
        y = 0 if self.narrow else (self.height() - size.height()) // 2
        self.badge.setGeometry(x, y, size.width(), size.height())
        self.badge.setVisible(bool(self.badge.words))
        self.setToolTip(self.text() if self.narrow else "")

    def _mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.underMouse():
            painter.setPen(QPen(theme.colour("line"), 1) if self.isChecked() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface" if self.isChecked() else "line"))
            painter.setOpacity(1.0 if self.isChecked() else 0.5)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("control"), theme.radius("control")
            )
            painter.setOpacity(1.0)
        picture = theme.pixmap(self.place.icon, "primary" if self.isChecked() else "quiet", 18)
        side, lead = theme.px(18), theme.px(12)
        if self.narrow:
            lead = (self.width() - side) // 2
        x = self.width() - lead - side if self._mirrored() else lead
        painter.drawPixmap(x, (self.height() - side) // 2, picture)
        if not self.narrow:
            painter.setFont(theme.font("body", 500))
            painter.setPen(theme.colour("ink"))
            start = theme.px(42)
            room = (
                self.rect().adjusted(theme.px(12), 0, -start, 0)
                if self._mirrored()
                else self.rect().adjusted(start, 0, -theme.px(12), 0)
            )
            side_flag = Qt.AlignmentFlag.AlignRight if self._mirrored() else Qt.AlignmentFlag.AlignLeft
            words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, side_flag | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, words)


class Navigation(QWidget):
    """The places, the mark above them, and who I am below. Up and Down move between the places."""

    went = Signal(str)
    fold_wanted = Signal()

    def __init__(self, places: Sequence[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "nav")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons = {place.key: _PlaceButton(place) for place in places}
        column = Column(self, edges=(10, 14, 10, 14), gap=2)
        self._brand = Line(edges=(10, 0, 0, 12), gap=10)
        self._mark, self._name = QLabel(), text("Mentor", "brand")
        self._brand.addWidget(self._mark)
        self._brand.addWidget(self._name, 1)
        self.fold = IconButton("panel-left", "")
        self.fold.clicked.connect(self.fold_wanted)
        column.addLayout(self._brand)
        for key, button in self._buttons.items():
            button.clicked.connect(lambda _on=False, key=key: self.went.emit(key))
            column.addWidget(button)
        column.addStretch(1000)
        self._foot: QVBoxLayout = Column(gap=6)
        self._me = Avatar("", size=28)
        self._my_name = text("", "caption")
        who = Line(edges=(10, 8, 10, 8), gap=10)
        who.addWidget(self._me)
        who.addWidget(self._my_name, 1)
        self._who = who
        self._foot.addLayout(who)
        column.addLayout(self._foot)
        self._narrow = False
        self._stand_fold()
        self.set_me("", "")
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._mark.setPixmap(theme.mark(26))
        self._measure()

    def _measure(self) -> None:
        self.setFixedWidth(theme.px(NARROW if self._narrow else WIDE))
        self._brand.set_edges((7 if self._narrow else 10, 0, 0, 12))
        self._who.set_edges((6 if self._narrow else 10, 8, 0, 8))

    def set_narrow(self, narrow: bool) -> None:
        """Fold into pictures, or unfold into words."""
        self._narrow = narrow
        self._name.setVisible(not narrow)
        self._my_name.setVisible(not narrow)
        for button in self._buttons.values():
            button.narrow = narrow
            button.restyle()
            button.updateGeometry()
        self._stand_fold()
        self._measure()

    def _stand_fold(self) -> None:
        if self._narrow:
            self._foot.insertWidget(0, self.fold, 0, Qt.AlignmentFlag.AlignHCenter)
        else:
            self._brand.addWidget(self.fold)

    def is_narrow(self) -> bool:
        """Whether only pictures show."""
        return self._narrow

    def set_current(self, key: str) -> None:
        """Mark where we are."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
            # One stop of the Tab key, where we are; the arrow keys lead to the others.
            for place, button in self._buttons.items():
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus if place == key else Qt.FocusPolicy.NoFocus)

    def button(self, key: str) -> QAbstractButton:
        """The button of a place."""
        return self._buttons[key]

    def set_badge(self, key: str, words: str, said: str = "") -> None:
        """Show a small count at a place; `said` is the same in a sentence."""
        self._buttons[key].set_badge(words, said)

    def set_me(self, initials: str, name: str) -> None:
        """Show who uses the program."""
        self._me.set(initials, name)
        self._me.setVisible(bool(initials))
        self._me.setToolTip(name)
        self._my_name.setText(name)

    def retranslate(self) -> None:
        """Say the places again in the language in use."""
        for button in self._buttons.values():
            button.retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line at the trailing side."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("sunk"))
        painter.setPen(QPen(theme.colour("line"), 1))
        x = 0 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self.width() - 1
        painter.drawLine(x, 0, x, self.height())


class MainWindow(QWidget):
    """The window. Screens are added by key and shown by key; `navigated` says where the person wants to go.

    Search: `searched` carries what was typed; answer with `set_results`. Commands that match are put before the results, and run by
    themselves; after `>` there are only commands. `result_chosen` carries the key of any other row, `all_wanted` what was typed.
    """

    navigated = Signal(str)
    searched = Signal(str)
    result_chosen = Signal(str)
    all_wanted = Signal(str)
    folded = Signal(bool)

    def __init__(
        self,
        *,
        places: Sequence[Place],
        commands: Commands,
        notices: Notices | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Mentor")
        self.setWindowIcon(theme.window_icon())
        self._commands, self._screens = commands, dict[str, QWidget]()
        self._folded_by_hand: bool | None = None
        self.navigation = Navigation(places)
        self.navigation.went.connect(self.navigated)
        self.navigation.fold_wanted.connect(self.fold)
        self.search = SearchBox()
        self.search.typed.connect(self._typed)
        self.search.chosen.connect(self._chosen)
        self.search.all_wanted.connect(self.all_wanted)
        self.status = StatusLine()
        self.stack = QStackedWidget()
        self.may_close: Callable[[], bool] = lambda: True
        self._banner = Column()
        self._shown_banner: QWidget | None = None
        self.trailing = Line(gap=8)
        self._build()
        self.toast = Toast(self.stack)
        if notices is not None:
            notices.said.connect(self.show_notice)
        commands.install(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            follow_focus(app)
        self.retranslate()

    def _build(self) -> None:
        whole = Line(self, gap=0)
        side = Column(gap=0)
        self._header = QWidget()
        head = Line(self._header, edges=(24, 0, 24, 0), gap=14)
        head.addWidget(self.search, 100)
        head.addStretch(1)
        head.addLayout(self.trailing)
        side.addWidget(self._header)
        self._under_header = hairline()
        side.addWidget(self._under_header)
        side.addLayout(self._banner)
        side.addWidget(self.stack, 1)
        side.addWidget(self.status)
        whole.addWidget(self.navigation)
        whole.addLayout(side, 1)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self._header.setFixedHeight(theme.px(51))
        self._fit()

    def retranslate(self) -> None:
        """Say everything of the frame again in the language in use."""
        self.search.set_words(tr("Search everything or type a command"), tr("Ctrl K"))
        filters = " ".join(f"{words}:" for words in asking.filter_words().values())
        narrow = tr("Narrow it with {filters} · Ctrl+Enter shows everything found · > shows commands", filters=filters)
        self.search.set_foot(narrow)
        self.navigation.fold.set_name(tr("Show or hide the words of the places (Ctrl+B)"))
        self.navigation.retranslate()

    def add_trailing(self, *widgets: QWidget) -> None:
        """Put controls at the trailing end of the header."""
        for widget in widgets:
            self.trailing.addWidget(widget)

    def set_banner(self, banner: QWidget | None) -> None:
        """Put something above every screen that must not be overlooked, or take it away."""
        while (item := self._banner.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._shown_banner = banner
        if banner is not None:
            self._banner.addWidget(banner)

    def set_bare(self, bare: bool) -> None:
        """Show the screen alone, while no store is open; or the whole frame around it."""
        for part in (self.navigation, self._header, self._under_header, self.status):
            part.setVisible(not bare)
        if self._shown_banner is not None:
            self._shown_banner.setVisible(not bare)

    def add_screen(self, key: str, widget: QWidget) -> None:
        """Take a screen in; another under the same key replaces it."""
        old = self._screens.pop(key, None)
        if old is not None:
            self.stack.removeWidget(old)
            old.deleteLater()
        self._screens[key] = widget
        self.stack.addWidget(widget)

    def remove_screen(self, key: str) -> None:
        """Let a screen go."""
        screen = self._screens.pop(key)
        self.stack.removeWidget(screen)
        screen.hide()
        screen.deleteLater()

    def show_screen(self, key: str, widget: QWidget | None = None, *, place: str = "") -> None:
        """Show a screen (taking it in first if given); `place` is the place to mark when it is not the screen's own key."""
        if widget is not None and self._screens.get(key) is not widget:
            self.add_screen(key, widget)
        self.stack.setCurrentWidget(self._screens[key])
        self.navigation.set_current(place or key)
        self.toast.raise_()

    def screen_named(self, key: str) -> QWidget | None:
        """The screen of a key, if it was taken in."""
        return self._screens.get(key)

    def current_key(self) -> str:
        """The key of the screen on show, or ''."""
        return next((key for key, widget in self._screens.items() if widget is self.stack.currentWidget()), "")

    def focusNextPrevChild(self, next: bool) -> bool:
        """Let the Tab key go through the window as the eye does."""
        return reading.move(self, forward=next) or super().focusNextPrevChild(next)

    def set_badge(self, key: str, count: int, said: str = "") -> None:
        """Show a count at a place, none for 0; `said` is the same in a sentence."""
        self.navigation.set_badge(key, digits(str(count)) if count else "", said if count else "")

    def set_me(self, initials: str, name: str) -> None:
        """Show who uses the program."""
        self.navigation.set_me(initials, name)

    def show_notice(self, notice: Notice) -> None:
        """Say something in the quiet bar."""
        self.toast.show_notice(
            notice.words, tone=notice.tone, action_label=notice.action_label, action=notice.action, stays=notice.stays
        )

    def fold(self) -> None:
        """Fold the places into pictures, or unfold them; kept until asked again."""
        self._folded_by_hand = not self.navigation.is_narrow()
        self._fit()
        self.folded.emit(self._folded_by_hand)

    def _fit(self) -> None:
        tight = self.width() < theme.px(900)
        narrow = tight if self._folded_by_hand is None else self._folded_by_hand
        if narrow != self.navigation.is_narrow():
            self.navigation.set_narrow(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold when there is little room."""
        super().resizeEvent(event)
        self._fit()
        if self.toast.isVisible():
            self.toast.place()

    def _typed(self, words: str) -> None:
        only_commands = words.startswith(COMMANDS_ONLY)
        if words or self._command_rows(words):
            self.search.set_rows(self._command_rows(words))
        if not only_commands:
            self.searched.emit(words)

    def set_results(self, words: str, rows: Sequence[ListRow]) -> None:
        """Show what was found for `words`, unless something else has been typed since."""
        if words == self.search.text():
            # What was looked for lately is nearer than what was done lately.
            commands = self._command_rows(words)
            self.search.set_rows([*commands, *rows] if words else [*rows, *commands])

    def _command_rows(self, words: str) -> list[ListRow]:
        if words.startswith(COMMANDS_ONLY):
            found = self._commands.matching(words.removeprefix(COMMANDS_ONLY), most=60, fuzzy=True)
        elif words:
            found = self._commands.matching(words, most=3)
        else:
            found = [self._commands[key] for key in self._commands.recent[:3] if self._commands[key].available()]
        return [_as_row(command) for command in found]

    def _chosen(self, key: str) -> None:
        if key.startswith("command:"):
            self._commands.choose(key.removeprefix("command:"))
        else:
            self.result_chosen.emit(key)

    def closeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Close once `may_close` has kept what is open; stay if that could not be done."""
        event.setAccepted(self.may_close())


def _as_row(command: Command) -> ListRow:
    pills = ((command.keys(), "neutral"),) if command.shortcut else ()
    return ListRow(f"command:{command.key}", command.label(), subtitle=command.group(), pills=pills)
