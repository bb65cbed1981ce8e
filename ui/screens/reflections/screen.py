"""My reflections: a place to write, a list to find them again by words, mood and mentee, and what colleagues let me read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from mentorapp.clock import day_of
from mentorapp.i18n import tr
from mentorapp.indicators import written_on
from mentorapp.records import Reflection
from mentorapp.services import reflections
from mentorapp.services.reflections import Thought
from ui import theme, words
from ui.models.growth import said_choice
from ui.screens.reflections import one
from ui.screens.reflections.one import Opened, ThoughtCard
from ui.screens.reflections.writing import WritingCard
from ui.shell import Shell
from ui.widgets import (
    Card,
    Chips,
    Column,
    Columns,
    EmptyState,
    Flow,
    LineInput,
    PageTitle,
    Pill,
    PrimaryButton,
    QuietButton,
    Row,
    Scroll,
    Segment,
    text,
)
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

AT_FIRST = 20
"""How many are shown before more are asked for."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is looked for."""

    shared: bool = False
    words: str = ""
    mood: str = ""
    about: str = ""
    most: int = AT_FIRST


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was found, and by what it can be narrowed."""

    found: tuple[Thought, ...]
    moods: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    today: date


def read(workspace: Workspace, sought: Sought) -> Kept:
    """What this page shows; one more than is shown tells that there are more."""
    if sought.shared:
        found = reflections.shared_thoughts(workspace, limit=sought.most + 1)
    else:
        found = reflections.find(
            workspace, sought=sought.words, mood=sought.mood, mentorship=sought.about, limit=sought.most + 1
        )
    return Kept(
        found=tuple(found),
        moods=tuple(reflections.moods(workspace)),
        about=tuple(reflections.about(workspace)),
        today=day_of(workspace.clock.now()),
    )


class ReflectionsScreen(QWidget):
    """The page."""

    shows = frozenset(("reflection", "mentorship", "person"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._chosen, self._most = "", AT_FIRST
        self._title = PageTitle(
            tr("My reflections"), tr("What you write here is for you alone, until you share words of it.")
        )
        self.add = PrimaryButton(tr("Look back"))
        self.add.clicked.connect(lambda: self.write())
        self._title.add(self.add)
        self._writing: WritingCard | None = None
        self.whose = Segment((("mine", tr("Mine")), ("shared", tr("Shared with me"))), name=tr("Whose reflections"))
        self.sought = LineInput(hint=tr("Search your reflections…"))
        self.sought.setAccessibleName(tr("Search your reflections"))
        self.sought.setToolTip(tr("Search your reflections"))  # the hint is cut where text is large
        self.sought.setClearButtonEnabled(True)
        self.mood = Chips(name=tr("How it felt"))
        self.about = QComboBox()
        self.about.setAccessibleName(tr("About whom"))
        self.rows = KeyedRows(self._row)
        self.more = QuietButton(tr("Show more"))
        self.card = ThoughtCard(shell)
        self.card.mend_wanted.connect(self._mend)
        self._none = text("", "caption", wrap=True)
        self.nothing = EmptyState(
            "quote",
            tr("Nothing written yet"),
            tr("A sentence after a meeting is enough. A question helps to begin."),
            action=tr("Write the first"),
            run=self.write,
        )
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(120)
        self._lay_out()
        self._listen()

    def _listen(self) -> None:
        self._pause.timeout.connect(self._again)
        self.whose.picked.connect(lambda _key: self._again())
        self.mood.picked.connect(lambda _key: self._again())
        self.sought.textChanged.connect(lambda _words: self._pause.start())
        self.about.activated.connect(lambda _at: self._again())
        self.more.clicked.connect(self._show_more)

    def _lay_out(self) -> None:
        self._scroll = page = Scroll()
        self._filters = Flow(gap=14, line_gap=10)
        self.about.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.about.setMinimumContentsLength(14)
        self.about.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.sought.setMinimumWidth(theme.px(220))
        for part in (self.whose, self.sought, self.about, self.mood):
            self._filters.addWidget(part)
        self._list = Card()
        self._list.body.addWidget(self.rows)
        self._list.body.addWidget(self._none)
        self._list.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeading)
        leading, trailing = Column(), Column()
        for column, card in ((leading, self._list), (trailing, self.card)):
            high_as_needed(card)
            column.addWidget(card)
            column.addStretch(1)
        self._known = Columns(leading, trailing, shares=(100, 110))
        for widget in (self._title, self._filters, self.nothing, self._known):
            page.body.addWidget(widget)
        page.body.addStretch(1)
        self.card.hide()
        Column(self).addWidget(page)

    @property
    def writing(self) -> WritingCard:
        """The card on which one writes, made when somebody first does."""
        if self._writing is None:
            self._writing = WritingCard(self._shell)
            self._writing.closed.connect(self._put_away)
            self._writing.hide()
            high_as_needed(self._writing)
            self._scroll.body.insertWidget(1, self._writing)
        return self._writing

    def is_writing(self) -> bool:
        """Whether somebody writes."""
        return self._writing is not None and not self._writing.isHidden()

    def open(self, *, write: bool = False, mentorship: str = "", session: str = "", reflection: str = "") -> None:
        """Show them all; `write` begins one, about a pair and a session; `reflection` opens one."""
        self._chosen = reflection or self._chosen
        self.refresh()
        if write:
            self.write(mentorship=mentorship, session=session)

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.writing.words.editor if self.is_writing() else self._scroll

    def leave(self) -> None:
        """Keep what was being written."""
        if self.is_writing():
            self.writing.keep_if_written()

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        self._again()

    # --- the list -----------------------------------------------------------------------------------------------------

    def _wanted(self) -> Sought:
        return Sought(
            shared=self.whose.picked_one() == "shared",
            words=self.sought.text(),
            mood=self.mood.picked_one(),
            about=str(self.about.currentData() or ""),
            most=self._most,
        )

    def _again(self) -> None:
        sought = self._wanted()
        self._shell.ask(
            lambda w: read(w, sought), lambda kept: self._show(kept, sought), owner=self, latest="reflections"
        )

    def _show(self, kept: Kept, sought: Sought) -> None:
        narrowed = bool(sought.words.strip() or sought.mood or sought.about or sought.shared)
        empty = not kept.found and not narrowed
        self.nothing.setVisible(empty and not self.is_writing())
        self._known.setVisible(not empty)
        self._filters.setVisible(not empty)
        self._offer(kept)
        for part in (self.sought, self.mood, self.about):
            part.setVisible(not sought.shared)
        shown = kept.found[: self._most]
        self.rows.show_values((thought.reflection.id, (thought, kept.today)) for thought in shown)
        self.more.setVisible(len(kept.found) > self._most)
        self._none.setVisible(not kept.found)
        self._none.setText(
            tr("No colleague has shared anything with you.") if sought.shared else tr("Nothing found. Try fewer words.")
        )
        if self._chosen not in [thought.reflection.id for thought in shown]:
            self._chosen = shown[0].reflection.id if shown and not self._chosen else self._chosen
        self._open_chosen()

    def _offer(self, kept: Kept) -> None:
        self.mood.set_options([(mood, mood) for mood in kept.moods])
        offered = [("", tr("About anybody")), *kept.about]
        if [(self.about.itemData(at) or "", self.about.itemText(at)) for at in range(self.about.count())] != offered:
            chosen = self.about.currentData()
            self.about.clear()
            for id, name in offered:
                self.about.addItem(name, id or None)
            self.about.setCurrentIndex(max(0, self.about.findData(chosen)) if chosen else 0)

    def _row(self, value: tuple[Thought, date]) -> Row:
        thought, today = value
        own = thought.reflection
        said = own.text or own.offered or own.shared or (tr("A voice note") if own.voice else own.mood)
        day = written_on(own.id)
        under = (thought.by, thought.about, words.day(day, near=today) if day else "", own.mood if own.text else "")
        pills = (
            [Pill(said_choice(own, "sharing"), one.TONES.get(own.sharing or "", "neutral"))]
            if own.sharing != "private"
            else []
        )
        row = Row(" ".join(said.split())[:200], subtitle=" · ".join(filter(None, under)), trailing=pills)
        row.activated.connect(lambda: self.choose(own.id))
        return row

    def _show_more(self) -> None:
        self._most += 60
        self._again()

    # --- one of them --------------------------------------------------------------------------------------------------

    def choose(self, id: str) -> None:
        """Open this one beside the list."""
        self._chosen = id
        self._open_chosen()

    def _open_chosen(self) -> None:
        id = self._chosen
        if id:
            self._shell.ask(lambda w: one.read(w, id), self._show_one, owner=self, latest="reflection")
        else:
            self.card.hide()

    def _show_one(self, opened: Opened | None) -> None:
        self.card.setVisible(opened is not None)
        if opened is not None:
            self.card.show_opened(opened)
        else:
            self._chosen = ""

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self, *, mentorship: str = "", session: str = "") -> None:
        """Begin a reflection."""
        self.writing.show()
        self.nothing.hide()
        self.writing.begin(mentorship=mentorship, session=session)
        self._scroll.verticalScrollBar().setValue(0)

    def _mend(self, thought: Reflection) -> None:
        self.writing.show()
        self.writing.mend(thought)
        self._scroll.verticalScrollBar().setValue(0)

    def _put_away(self) -> None:
        self.writing.hide()
        self._again()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
