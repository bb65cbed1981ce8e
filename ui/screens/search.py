"""Everything found: what was typed in the search box on a page of its own, with filters that one can see and click.

Promises that what is typed and what is clicked are one and the same: a chip puts its filter into the line, or takes it out. Of very many
the newest are shown, and that is said. Reads and changes nothing by itself.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from mentorapp import i18n
from mentorapp.clock import day_of
from mentorapp.i18n import ntr, tr
from ui import asking, finding, theme, words
from ui.shell import Shell
from ui.widgets import Chips, Column, EmptyState, Flow, LineInput, LongList, PageTitle, RowsModel, Scroll, text
from ui.widgets.announce import announce

if TYPE_CHECKING:
    from mentorapp.services.finding import Answer, Asked, Found
    from mentorapp.services.workspace import Workspace

MOST = 200
"""How many are shown."""

REST_MS = 80
_KINDS = ("person", "session", "goal", "action_item", "reflection", "attachment", "draft")
_OFTEN = 6
"""How many people, and how many topics, are offered as filters."""


class _Read(NamedTuple):
    answer: Answer
    asked: Asked
    topics: tuple[str, ...]
    today: date


class SearchScreen(QWidget):
    """The page of everything found. `loaded` once it has shown what the store answered."""

    shows = frozenset(("session", "person", "mentorship", "goal", "action_item", "reflection", "attachment", "draft"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.loaded = False
        self._found: tuple[Found, ...] = ()
        self._finder = finding.Finder(shell, self)
        self.line = LineInput(hint=tr("Words, names, topics: anything that was written"))
        self.line.setAccessibleName(tr("What to look for"))
        self.line.setClearButtonEnabled(True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.refresh)
        self.line.textChanged.connect(lambda _words: self._rest.start())
        self.kinds = Chips(
            [(kind, asking.kind_words(kind)) for kind in _KINDS], exclusive=False, name=tr("Only some kinds")
        )
        self.times = Chips(
            (
                ("month", ntr("Last {n} day", "Last {n} days", 30, n=words.number(30))),
                ("year", tr("This year")),
                ("before", tr("Before this year")),
            ),
            name=tr("From when"),
        )
        self.people = Chips(exclusive=False, name=tr("About whom"))
        self.topics = Chips(exclusive=False, name=tr("Under which topic"))
        self.kinds.picked.connect(lambda kind: self._toggle("kind", asking.kind_words(kind), self.kinds, kind))
        self.times.picked.connect(self._pick_time)
        self.people.picked.connect(lambda name: self._toggle("mentee", name, self.people, name))
        self.topics.picked.connect(lambda topic: self._toggle("tag", topic, self.topics, topic))
        self._model = RowsModel(parent=self)
        self.list = LongList(self._model, name=tr("Everything found"))
        self.list.opened.connect(self._open)
        self._lay_out()

    def _lay_out(self) -> None:
        self._title = PageTitle(tr("Everything found"))
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        Column(self._card, edges=(6, 6, 6, 6)).addWidget(self.list)
        self._nothing = EmptyState("search", tr("Nothing found"), tr("Try fewer words, or take a filter away."))
        self._begin = EmptyState(
            "search",
            tr("What are you looking for?"),
            tr("Type a word, a name or a topic, in any language you write in."),
        )
        self._newest = text("", "caption", wrap=True)
        page = self._page = Scroll(gap=12)
        filters: list[QWidget] = []
        for pair in ((self.kinds, self.times), (self.people, self.topics)):
            filters.append(_beside(*pair))
        self._more = filters[1]
        parts: tuple[QWidget, ...] = (self._title, self.line, *filters, self._begin, self._nothing, self._newest)
        for part in (*parts, self._card):
            page.body.addWidget(part)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        for hidden in (self._nothing, self._newest, self._card, self._more):
            hidden.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the list the rest of the page, and never less than some rows."""
        super().resizeEvent(event)
        self._card.setFixedHeight(max(theme.px(360), self.height() - theme.px(280)))

    # --- coming and going ---------------------------------------------------------------------------------------------

    def open(self, *, typed: str | None = None) -> None:
        """Show everything found for what was typed; as it was left, if nothing is said."""
        if typed is not None:
            self.line.setText(typed)
        self._rest.stop()
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.line

    def refresh(self) -> None:
        """Look again, in the background."""
        typed = self.line.text().strip()
        self._shell.ask(lambda workspace: _read(workspace, typed), self._show, owner=self, latest="search page")

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self, read: _Read) -> None:
        self.loaded = True
        answer = read.answer
        self._found = answer.found
        self._model.set_rows([finding.as_row(one, wide=True) for one in answer.found])
        n = len(answer.found)
        count = ntr("{n} found", "{n} found", n, n=words.number(n)) if n and not answer.more else ""
        self._title.set_title(tr("Everything found"), count)
        self._newest.setText(tr("Only the newest {n} are shown: narrow what you look for.", n=words.number(n)))
        self._newest.setVisible(answer.more)
        self._begin.setVisible(not read.asked)
        self._nothing.setVisible(bool(read.asked) and not n)
        self._card.setVisible(n > 0)
        self._show_filters(read)
        announce(
            self.line, count or (self._newest.text() if answer.more else tr("Nothing found") if read.asked else "")
        )

    def _show_filters(self, read: _Read) -> None:
        asked = read.asked
        self.kinds.set_value(asked.kinds)
        year, today = date(read.today.year, 1, 1), read.today
        picked = {_month_before(today): "month", year: "year"}.get(asked.first or date.min, "")
        self.times.set_value(
            "before" if asked.last and asked.last.year == today.year - 1 and not asked.first else picked
        )
        often = [name for name, _ in Counter(one.title for one in self._found if one.person).most_common(_OFTEN)]
        _offer(self.people, asked.mentees, often if len(often) > 1 or asked.mentees else [])
        _offer(self.topics, asked.tags, read.topics)
        self._more.setVisible(bool(self.people.offered() or self.topics.offered()))

    # --- narrowing ----------------------------------------------------------------------------------------------------

    def _toggle(self, key: str, value: str, chips: Chips, chip: str) -> None:
        typed = self.line.text()
        if chip in chips.value():
            typed = asking.with_filter(typed, key, value)
        else:
            typed = asking.without(typed, lambda k, v: k == key and self._means(key, v, chip))
        self.line.setText(typed)

    def _means(self, key: str, value: str, chip: str) -> bool:
        return chip in asking.kinds_called(value) if key == "kind" else value == chip

    def _pick_time(self, key: str) -> None:
        typed = asking.without(self.line.text(), lambda k, _v: k in ("after", "before", "on"))
        if key in self.times.value():
            typed = self._with_time(typed, key)
        self.line.setText(typed)

    def _with_time(self, typed: str, key: str) -> str:
        today = day_of(self._shell.workspace.clock.now()) if self._shell.workspace else date.min
        if key == "before":
            return asking.with_filter(typed, "before", str(today.year))
        return asking.with_filter(
            typed, "after", str(today.year) if key == "year" else _month_before(today).isoformat()
        )

    # --- opening ------------------------------------------------------------------------------------------------------

    def _open(self, key: str) -> None:
        at = self.list.currentIndex().row()
        if 0 <= at < len(self._found):
            self._finder.open(key, self.line.text(), self._found[at].hit.field)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the line into the list, Enter opens the first."""
        in_line = self.line.hasFocus() and self._model.rowCount()
        if in_line and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.list.setCurrentIndex(self._model.index(0))
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            if event.key() != Qt.Key.Key_Down:
                self._open(self.list.current_key())
        else:
            super().keyPressEvent(event)


def _beside(*chips: Chips) -> Flow:
    flow = Flow(gap=24, line_gap=8)
    for group in chips:
        flow.addWidget(group)
    return flow


def _month_before(today: date) -> date:
    return date.fromordinal(today.toordinal() - 30)


def _offer(chips: Chips, on: tuple[str, ...], often: list[str] | tuple[str, ...]) -> None:
    names = tuple(dict.fromkeys((*on, *often)))
    if [(name, name) for name in names] != [(key, key) for key in chips.offered()]:
        chips.set_options([(name, name) for name in names])
    chips.set_value(on)
    chips.setVisible(bool(names))


def _read(workspace: Workspace, typed: str) -> _Read:
    from mentorapp.services import finding as services

    today = day_of(workspace.clock.now())
    asked = asking.asked(typed, today=today, language=i18n.language())
    return _Read(services.find(workspace, asked, limit=MOST), asked, services.often(workspace, _OFTEN), today)
