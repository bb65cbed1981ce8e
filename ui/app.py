"""Puts the program together: settings, language, theme, tasks, notices, commands, shell, window, and each screen when it is first shown.

Promises that the frame shows before the store's libraries are loaded, that what changed is seen on the screen and counted in the status
line, and that closing the window keeps what is still being written. Knows no screen's inside.

A screen may have, besides `shows` and `refresh`: `open(**where)`, called instead of `refresh` whenever it is shown; `leave()`, called
before another is shown and before closing; `stop()`, called before the store closes; `first_focus()`; and a signal `opened(Workspace)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mentorapp import i18n, settings
from mentorapp.errors import UserError
from mentorapp.i18n import ntr, tr
from ui import appearance, opening, safety, spoken, theme, words
from ui.actions import Commands
from ui.commands import PLACES, add_commands
from ui.finding import Finder
from ui.keyguard import KeyGuard
from ui.notices import Notices
from ui.reminders import Reminders
from ui.routes import BARE, MARKED, SCREENS, load_soon
from ui.shell import Shell
from ui.tasks import Tasks
from ui.widgets.buttons import QuietButton
from ui.window import MainWindow

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace

SYNCING_AFTER = 1500
"""How long after a store was opened the network is thought of, in milliseconds."""


FOR_ANYBODY = frozenset(("larger", "smaller", "theme", "lock", "quit"))
"""The commands that work while the laptop is in a mentee's hands: none that shows what the mentor wrote."""


class App(QObject):
    """The running program. `begin` shows it; the window's closing ends it."""

    def __init__(self, qt: QApplication) -> None:
        super().__init__()
        self.qt = qt
        chosen = settings.load()
        i18n.use(appearance.language(chosen))
        appearance.speak(qt, i18n.language())
        appearance.let_move(qt, chosen.motion)
        spoken.install()
        theme.apply(qt, appearance.wanted(qt, chosen))
        self.tasks = Tasks(self)
        self.notices = Notices(self)
        self.commands = Commands()
        self.shell = Shell(self.tasks, self.notices, self.commands, chosen)
        add_commands(self.commands, self)
        self.commands.barred = lambda key: self.window.current_key() == "pulse_asking" and key not in FOR_ANYBODY
        self.shell.current = self.current
        self.finder = Finder(self.shell, self)
        self.window = MainWindow(places=PLACES, commands=self.commands, notices=self.notices)
        self._lock = QuietButton(tr("Lock"), "lock")
        self.window.add_trailing(self._lock)
        self.commands.recent = tuple(key for key in chosen.recent_commands if key in {one.key for one in self.commands})
        self.commands.chosen = lambda recent: self.keep(recent_commands=recent)
        self.reminders = Reminders(self.shell, self.window, self._may_interrupt)
        self._guard = KeyGuard(qt, self.commands)
        self._screens: dict[str, QWidget] = {}
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self._told = self._stayed = self._lockable = False
        self._connect()
        if not chosen.nav_open:
            self.window.fold()

    def _may_interrupt(self) -> bool:
        # In somebody else's hands, or before a store is open, nobody is reminded of this mentor's day.
        return self.window.toast.isHidden() and self.window.current_key() not in BARE

    def _connect(self) -> None:
        self.tasks.problem.connect(self._problem)
        self.tasks.unexpected.connect(self.notices.unexpected)
        self.tasks.changed.connect(self._changed)
        self.shell.gone_to.connect(self._go)
        self.shell.settings_changed.connect(self._settings_changed)
        self.window.navigated.connect(self.shell.go)
        finder = self.finder
        self.window.searched.connect(finder.look)
        self.window.result_chosen.connect(finder.choose)
        self.window.all_wanted.connect(finder.show_all)
        finder.answered.connect(self.window.set_results)
        self.window.folded.connect(lambda folded: self.change(nav_open=not folded))
        self.window.may_close = self.keep_and_close
        self._lock.clicked.connect(self.lock)
        self.qt.styleHints().colorSchemeChanged.connect(lambda _scheme: self._look())

    # --- beginning and ending -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Show the frame; open the store behind it."""
        self._lock.hide()
        self.window.set_bare(not self.shell.settings.practice)
        self.window.resize(1366, 768)
        room = self.window.screen().availableSize()
        if room.width() <= 1366 or room.height() <= 800:
            self.window.showMaximized()
        else:
            self.window.show()
        # The frame is painted before the lane loads the store's libraries, which would hold the interpreter.
        QTimer.singleShot(0, self._enter)

    def _enter(self) -> None:
        practice = self.shell.settings.practice
        self.tasks.run(
            lambda: opening.way_in(practice=practice), then=self._entered, failed=self._not_entered, owner=self
        )

    def _entered(self, found: Workspace | str) -> None:
        if isinstance(found, str):
            self.shell.go(found)
        else:
            self.opened(found)

    def _not_entered(self, error: UserError) -> None:
        self.shell.go("first_run")
        self.notices.problem(error)

    def opened(self, workspace: Workspace) -> None:
        """Work with this store from now on; the one before is closed."""
        before = self.shell.workspace
        self._forget_screens()
        self._end_syncing()
        self.shell.workspace = workspace
        if before is not None and before is not workspace:
            self.tasks.run(before.close)
        if self.shell.settings.practice != workspace.practice:
            self.change(practice=workspace.practice)
        self.shell.go("today")
        self._fill_frame()
        self._begin_syncing()
        self.reminders.begin(workspace)

    def _fill_frame(self) -> None:
        workspace = self.shell.workspace
        if workspace is not None:
            self.window.set_banner(opening.practice_banner(self.shell) if workspace.practice else None)
            self.shell.ask(opening.who, self._greet, owner=self)
            self._recount()

    def _greet(self, who: opening.Who) -> None:
        self._lockable = who.lockable
        self.window.set_me(words.initials(who.name), tr("{name}, mentor", name=who.name) if who.name else "")
        self._lock.set_words(tr("Lock"))
        self._lock.setVisible(self.can_lock())

    def keep_and_close(self) -> bool:
        """Keep what is still being written and close the store. False, once, if something could not be kept: we stay and say so."""
        self._told = False
        self._end_syncing()
        self._leave()
        self._stop_work()
        self.tasks.idle()
        if self._told and not self._stayed:
            self._stayed = True
            self._begin_syncing()
            return False
        self.reminders.stop()
        if self.shell.workspace is not None:
            self.tasks.run(self.shell.workspace.close)
            self.shell.workspace = None
        self.tasks.stop()
        return True

    def _problem(self, error: UserError) -> None:
        self._told = True
        self.notices.problem(error)

    # --- screens ------------------------------------------------------------------------------------------------------

    def _go(self, key: str, where: dict[str, Any]) -> None:
        if key not in BARE and self.shell.workspace is None:
            return
        self._leave()
        self.window.set_bare(key in BARE)
        screen = self._screen(key)
        self.window.show_screen(key, screen, place=MARKED.get(key, ""))
        if not self._trail or self._trail[-1] != (key, where):
            self._trail = [*self._trail[-50:], (key, where)]
        if hasattr(screen, "open"):
            screen.open(**where)
        elif hasattr(screen, "refresh"):
            screen.refresh()
        first = screen.first_focus() if hasattr(screen, "first_focus") else None
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _screen(self, key: str) -> QWidget:
        if key == "sync":
            self._start_syncing()
        if key not in self._screens:
            screen = self._screens[key] = SCREENS[key](self.shell)
            if hasattr(screen, "opened"):
                screen.opened.connect(self.opened)
        return self._screens[key]

    def current(self) -> QWidget | None:
        """The screen on show."""
        return self._screens.get(self.window.current_key())

    def _leave(self) -> None:
        screen = self.current()
        if screen is not None and hasattr(screen, "leave"):
            screen.leave()

    def _stop_work(self) -> None:
        """Long work on a screen ends with the piece it is at."""
        for screen in self._screens.values():
            if hasattr(screen, "stop"):
                screen.stop()

    def _forget_screens(self) -> None:
        self._leave()
        self._stop_work()
        for key in self._screens:
            self.window.remove_screen(key)
        self._screens, self._trail = {}, []

    def _changed(self, changed: Any) -> None:
        self._stayed = False
        if self.shell.workspace is None:
            return
        screen = self.current()
        # A hidden screen reads again when it is shown.
        if screen is not None and changed.kinds & getattr(screen, "shows", frozenset()):
            screen.refresh()  # type: ignore[attr-defined]
        self._recount()

    def _recount(self) -> None:
        self.shell.ask(safety.standing, self._counted, owner=self, latest="safety")

    def _counted(self, standing: safety.Standing) -> None:
        self.window.status.set_parts(safety.in_words(standing))
        n = standing.needs_you
        self.window.set_badge("sync", n, ntr("{n} record needs you", "{n} records need you", n, n=words.number(n)))

    # --- what the commands do -----------------------------------------------------------------------------------------

    def back(self) -> None:
        """Show the screen before this one."""
        if len(self._trail) > 1:
            self._trail.pop()
            key, where = self._trail[-1]
            self.shell.go(key, **where)

    def search(self) -> None:
        """Begin to search."""
        self.window.search.begin()

    def is_open(self) -> bool:
        """Whether a store is open."""
        return self.shell.workspace is not None

    def fold(self) -> None:
        """Fold the places into pictures, or unfold them."""
        self.window.fold()

    def come_forward(self) -> None:
        """Show the window before all others, however it was put away."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def quit(self) -> None:
        """Keep everything and close the window."""
        self.window.close()

    def can_lock(self) -> bool:
        """Whether a passphrase would be asked for."""
        return self.is_open() and self._lockable

    def lock(self) -> None:
        """Close the store until the passphrase is given again."""
        workspace = self.shell.workspace
        if workspace is not None and self.can_lock():
            self._end_syncing()
            self._forget_screens()
            # What is still on the lane reads the store before it is closed.
            self.tasks.run(workspace.close)
            self.tasks.idle()
            self.shell.workspace = None
            self.shell.go("unlock", locked=True)

    def _begin_syncing(self) -> None:
        # What it needs takes longer to load than the first screen: the person comes first, and a moment later the network.
        QTimer.singleShot(SYNCING_AFTER, self, self._load_syncing)

    def _load_syncing(self) -> None:
        self.tasks.run(load_soon, lane="network")
        if self.shell.workspace is not None and not self.shell.workspace.practice:
            self.tasks.run(_load_syncing, then=self._start_syncing, owner=self)

    def _start_syncing(self, _loaded: object = None) -> None:
        workspace = self.shell.workspace
        if workspace is not None and not workspace.practice and self.shell.syncing is None:
            from ui.syncing import Syncing

            self.shell.syncing = Syncing(self.shell, workspace)
            self.shell.syncing.begin()

    def _end_syncing(self) -> None:
        if self.shell.syncing is not None:
            self.shell.syncing.stop()
            self.shell.syncing.deleteLater()
            self.shell.syncing = None

    def can_sync(self) -> bool:
        """Whether there is an office to exchange with."""
        return self.shell.syncing is not None and self.shell.syncing.is_linked()

    def sync_now(self) -> None:
        """Exchange with the office, in the background."""
        if self.shell.syncing is not None:
            self.shell.syncing.now()

    # --- how it looks -------------------------------------------------------------------------------------------------

    def change(self, **changes: object) -> None:
        """Change this device's settings and show them."""
        self.shell.settings_changed.emit(settings.change(self.shell.settings, **changes))

    def keep(self, **changes: object) -> None:
        """Keep what this device should remember and nothing on the screen depends on."""
        self.shell.settings = settings.change(self.shell.settings, **changes)

    def change_text_size(self, step: int) -> None:
        """Show text larger (1) or smaller (-1)."""
        self.change(text_size=appearance.next_size(self.shell.settings.text_size, step))

    def toggle_theme(self) -> None:
        """Change from light to dark, or back."""
        self.change(theme="light" if theme.current().is_dark else "dark")

    def _settings_changed(self, chosen: settings.Settings) -> None:
        self.shell.settings = chosen
        appearance.let_move(self.qt, chosen.motion)
        if appearance.language(chosen) != i18n.language():
            self._speak(appearance.language(chosen))
        self._look()

    def _look(self) -> None:
        wanted = appearance.wanted(self.qt, self.shell.settings)
        if wanted != theme.current():
            theme.apply(self.qt, wanted)

    def _speak(self, language: str) -> None:
        i18n.use(language)
        appearance.speak(self.qt, i18n.language())
        self._look()
        self.window.retranslate()
        # The screens before a store is open say themselves again, for what was typed in them is kept nowhere else.
        if self.window.current_key() not in BARE:
            self._renew_screens()

    def _renew_screens(self) -> None:
        trail = self._trail
        self._forget_screens()
        self._fill_frame()
        if trail:
            key, where = trail[-1]
            self.shell.go(key, **where)


def _load_syncing() -> None:
    import ui.syncing  # noqa: F401
