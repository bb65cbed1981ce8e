"""One file, looked at or heard where it is: a picture, the pages of a PDF, a voice, or plain words.

Promises that what is shown comes from the encrypted store through memory and is written nowhere, that everything can be done with the
keyboard alone, and that a file which is not on this laptop says so and offers to get it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from mentorapp.clock import day_of
from mentorapp.errors import UserError
from mentorapp.i18n import N_, tr
from mentorapp.services import attachments
from mentorapp.services.attachments import Looked
from mentorapp.services.workspace import Workspace
from ui import words as say
from ui.carrying import content_of, save_a_copy
from ui.filerows import how
from ui.playing import PlayerBar
from ui.shell import Shell
from ui.viewing import Pages, Picture, picture
from ui.widgets import Button, Card, Column, EmptyState, Flow, IconButton, PageTitle, QuietButton, text

UNKNOWN = N_("This kind of file cannot be shown here. Save a copy and open it with another program.")
MOST_WORDS = 200_000
"""The most characters of a plain text that are shown."""


class FileScreen(QWidget):
    """A file. Ctrl+Page down and Ctrl+Page up go to the next and the one before; Escape goes back."""

    shows = frozenset(("attachment", "sync"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._id, self._shown = "", ""
        self._looked: Looked | None = None
        self.back = IconButton("arrow-left", tr("Back (Escape)"))
        self.title = PageTitle("", leading=self.back)
        self.session = QuietButton(tr("Open its session"))
        self.save = Button(tr("Save a copy…"), "download")
        self.before = IconButton("chevron-left", tr("The file before (Ctrl+Page up)"))
        self.after = IconButton("chevron-right", tr("The next file (Ctrl+Page down)"))
        self._which = text("", "caption")
        self.title.add(self.before, self._which, self.after, self.session, self.save)
        self.picture, self.pages = Picture(), Pages()
        self.words = QPlainTextEdit()
        self.words.setReadOnly(True)
        self.words.setTabChangesFocus(True)
        self.player: PlayerBar | None = None
        self._plain = _Plain()
        self._away = _Away(self._get)
        self._tools()
        self._lay_out()
        self._listen()

    def _tools(self) -> None:
        self.smaller = IconButton("zoom-out", tr("Smaller (-)"))
        self.larger = IconButton("zoom-in", tr("Larger (+)"))
        self.fit = IconButton("maximize", tr("As large as there is room (0)"))
        self.turn = IconButton("rotate-cw", tr("Turn it a quarter (R)"))
        self.up = IconButton("chevron-up", tr("The page before (Page up)"))
        self.down = IconButton("chevron-down", tr("The next page (Page down)"))
        self._size = text("", "caption")
        self._bar = Flow(gap=8)
        for part in (self.smaller, self.larger, self.fit, self.turn, self.up, self.down, self._size):
            self._bar.addWidget(part)

    def _lay_out(self) -> None:
        column = Column(self, edges=(32, 18, 32, 18), gap=10)
        self._stack = QStackedWidget()
        self._heard = Card()
        self._ear = QWidget()
        ear = Column(self._ear)
        ear.addWidget(self._heard)
        ear.addStretch(1)
        for page in (self.picture, self.pages, self.words, self._ear, self._plain, self._away):
            self._stack.addWidget(page)
        column.addWidget(self.title)
        column.addWidget(self._bar)
        self._room = QWidget()
        column.addWidget(self._stack, 1)
        column.addWidget(self._room, 1)
        self._show_only(None)

    def _listen(self) -> None:
        self.back.clicked.connect(self._go_back)
        self.save.clicked.connect(self._save)
        self.session.clicked.connect(self._open_session)
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.picture.zoomed.connect(self._say_size)
        self.pages.zoomed.connect(self._say_size)
        zooms: tuple[tuple[IconButton, Callable[[], None], tuple[str, ...]], ...] = (
            (self.smaller, lambda: self._zoom(-1), ("-",)),
            (self.larger, lambda: self._zoom(1), ("+", "=")),
            (self.fit, self._fit, ("0",)),
            (self.turn, self.picture.turn, ("R",)),
            (self.up, lambda: self.pages.go_to(self.pages.page() - 1), ("PgUp",)),
            (self.down, lambda: self.pages.go_to(self.pages.page() + 1), ("PgDown",)),
        )
        for button, run, keys in zooms:
            button.clicked.connect(run)
            for key in keys:
                self._key(key, lambda button=button: button.click() if button.isVisible() else None)  # type: ignore[misc]
        self._key("Ctrl+PgUp", lambda: self._step(-1))
        self._key("Ctrl+PgDown", lambda: self._step(1))
        self._key("Escape", self._go_back)

    def _key(self, keys: str, run: Callable[[], object]) -> None:
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(keys), self, run, context=context)

    # --- coming and going ---------------------------------------------------------------------------------------------

    def open(self, *, file: str = "") -> None:
        """Show this file."""
        if file and file != self._id:
            self._id = file
            self._put_away()
        self.refresh()

    def leave(self) -> None:
        """Be silent, and let go of what was shown."""
        self._put_away()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self.back

    def refresh(self) -> None:
        """Read again how it stands."""
        id = self._id
        if id:
            self._shell.ask(lambda w: attachments.look(w, id=id), self._show, owner=self, latest="file")

    def _put_away(self) -> None:
        self._shown = ""
        self.pages.end()
        self.picture.show_image(QImage())
        self.words.clear()
        if self.player is not None:
            self.player.end()
            self.player.hide()
            self.player.deleteLater()
            self.player = None
        self._show_only(None)

    def _go_back(self) -> None:
        self._shell.commands.run("back")

    def _open_session(self) -> None:
        if self._looked is not None:
            self._shell.go("record", session=self._looked.file.owner)

    def _step(self, by: int) -> None:
        looked = self._looked
        if looked is not None and looked.file.id in looked.beside:
            at = looked.beside.index(looked.file.id) + by
            if 0 <= at < len(looked.beside):
                self.open(file=looked.beside[at])

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self, looked: Looked) -> None:
        if looked.file.id != self._id:
            return
        self._looked = looked
        file, standing = looked.file, looked.standing
        day = say.weekday_day(day_of(looked.owner.started)) if looked.owner and looked.owner.started else ""
        size = say.size(standing.size) if standing.size else ""
        self.title.set_title(file.name, " · ".join(filter(None, (looked.name, day, size, how(standing)))))
        self._say_place(looked)
        self.session.setVisible(bool(file.owner))
        here = standing.state not in ("away", "coming")
        self.save.setVisible(here)
        if not here:
            self._put_away()
            self._away.show_standing(file.name, coming=standing.state == "coming", can=bool(file.content_hash))
            self._show_only(self._away)
        elif self._shown != file.id:
            self._shown = file.id
            self._read(looked)

    def _say_place(self, looked: Looked) -> None:
        several = len(looked.beside) > 1 and looked.file.id in looked.beside
        for part in (self.before, self.after, self._which):
            part.setVisible(several)
        if several:
            at = looked.beside.index(looked.file.id)
            self._which.setText(tr("{n} of {all}", n=say.number(at + 1), all=say.number(len(looked.beside))))
            self.before.setEnabled(at > 0)
            self.after.setEnabled(at + 1 < len(looked.beside))

    def _read(self, looked: Looked) -> None:
        file = looked.file
        show = {"image": self._look_at, "audio": self._listen_to, "text": self._read_out}.get(
            file.media_type.split("/")[0], self._show_pages if file.media_type == "application/pdf" else self._cannot
        )

        def have(content: bytes) -> None:
            if self._shown == file.id:
                self._safely(lambda: show(content))

        def read(workspace: Workspace) -> bytes:
            return content_of(workspace, file)

        self._shell.ask(read, have, owner=self, latest="content of the file")

    def _safely(self, show: Callable[[], None]) -> None:
        try:
            show()
        except UserError as error:
            self._plain.say(str(error))
            self._show_only(self._plain)

    def _look_at(self, content: bytes) -> None:
        id = self._shown

        def seen(image: QImage) -> None:
            if self._shown == id:
                self._show_only(self.picture, self.smaller, self.larger, self.fit, self.turn, self._size)
                self.picture.setAccessibleName(self._looked.file.name if self._looked else "")
                self.picture.show_image(image)

        def not_seen(error: UserError) -> None:
            self._plain.say(str(error))
            self._show_only(self._plain)

        self._shell.tasks.run(lambda: picture(content), then=seen, failed=not_seen, lane="pictures", owner=self)

    def _show_pages(self, content: bytes) -> None:
        self.pages.show_content(content)
        several = (self.up, self.down) if self.pages.count() > 1 else ()
        self._show_only(self.pages, self.smaller, self.larger, self.fit, *several, self._size)
        self._say_size()

    def _listen_to(self, content: bytes) -> None:
        self.player = PlayerBar(self._looked.file.name if self._looked else "")
        self._heard.body.addWidget(self.player)
        self._show_only(self._ear)
        self.player.load(content)
        if self.isVisible():
            self.player.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read_out(self, content: bytes) -> None:
        self.words.setPlainText(content.decode(errors="replace")[:MOST_WORDS])
        self.words.setAccessibleName(self._looked.file.name if self._looked else "")
        self._show_only(self.words)

    def _cannot(self, _content: bytes) -> None:
        raise UserError(UNKNOWN)

    def _show_only(self, shown: QWidget | None, *tools: QWidget) -> None:
        if shown is not None:
            self._stack.setCurrentWidget(shown)
        for page in (self._stack, self._room):
            page.setVisible((shown is None) == (page is self._room))
        for tool in self._bar.parts():
            tool.setVisible(tool in tools)
        self._bar.setVisible(bool(tools))
        if shown is not None and self.isVisible() and self.back.hasFocus():
            # Whoever came to look can go on with the arrow keys.
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- looking closer -----------------------------------------------------------------------------------------------

    def _zoom(self, steps: int) -> None:
        (self.pages if self._stack.currentWidget() is self.pages else self.picture).zoom(steps)

    def _fit(self) -> None:
        (self.pages if self._stack.currentWidget() is self.pages else self.picture).fit()

    def _say_size(self) -> None:
        if self._stack.currentWidget() is self.pages:
            page, count = self.pages.page() + 1, self.pages.count()
            self._size.setText(tr("Page {n} of {all}", n=say.number(page), all=say.number(count)))
        else:
            self._size.setText(tr("{n} %", n=say.number(self.picture.percent())))

    # --- getting and saving -------------------------------------------------------------------------------------------

    def _save(self) -> None:
        if self._looked is not None:
            save_a_copy(self._shell, self, self._looked.file)

    def _get(self) -> None:
        looked = self._looked
        if looked is not None:
            self._shell.do(lambda w: attachments.fetch(w, attachment=looked.file), owner=self)


class _Plain(QWidget):
    """A sentence, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._words = text("", "body", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = Column(self, edges=(24, 24, 24, 24))
        column.addWidget(self._words)

    def say(self, words: str) -> None:
        """Say something else."""
        self._words.setText(words)
        self.setAccessibleName(words)


class _Away(QWidget):
    """A file that is not here, and how to get it."""

    def __init__(self, get: Callable[[], None]) -> None:
        super().__init__()
        self._get = get
        self._column = Column(self)
        self._state: EmptyState | None = None

    def show_standing(self, name: str, *, coming: bool, can: bool) -> None:
        """Say whether it is on its way."""
        if self._state is not None:
            self._column.removeWidget(self._state)
            self._state.hide()
            self._state.deleteLater()
        title = tr("“{name}” is not on this laptop yet", name=name)
        words = (
            tr("It comes with the next exchange with your office.")
            if coming
            else tr("Somebody else added it. It can come with the next exchange with your office.")
        )
        get = tr("Get it") if can and not coming else ""
        self._state = EmptyState("download", title, words, action=get, run=self._get)
        self._column.addWidget(self._state)
        self._state.show()
