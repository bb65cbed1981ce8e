"""Sync: where everything is, what sending would take, what was refused and why, and what asks to be chosen between.

Every count comes from the database; "safe" is said only where the server has confirmed it. Pressing the button never blocks, and stopping
is always safe. Knows nothing of how an exchange is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import ntr, ptr, tr
from sync.client import allow_voiding, read_invitation
from sync.client.words import NotLetIn
from ui import exchanges, joining, theme, words
from ui.choosing import Choosing
from ui.courier import CourierCard
from ui.deciding import Deciding
from ui.exchanges import Aside, Overview
from ui.shell import Shell
from ui.syncing import Status, Syncing
from ui.widgets import (
    Bar,
    Button,
    Card,
    Column,
    Columns,
    Line,
    PageTitle,
    Pill,
    PrimaryButton,
    Row,
    Scroll,
    Stat,
    text,
)
from ui.widgets.joining import JoinForm
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.store import Exchange


class SyncScreen(QWidget):
    """The page."""

    shows = frozenset(
        (
            "sync",
            "person",
            "site",
            "mentorship",
            "session",
            "goal",
            "action_item",
            "reflection",
            "attachment",
            "programme",
        )
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._overview: Overview | None = None
        self._place: str | None = None
        self._title = PageTitle(tr("Sync"))
        self._button = PrimaryButton(tr("Sync now"))
        self._button.clicked.connect(self._sync_now)
        self._title.add(self._button)
        self._under_way = _UnderWay()
        self._under_way.stop.clicked.connect(self._cancel)
        self._trouble = _Trouble()
        self._trouble.let.clicked.connect(self._let_it_happen)
        self._practice = self._practice_card()
        self._join_card = _JoinCard(shell)
        self._join_card.joined.connect(self._joined)
        self._figures: QVBoxLayout = Column()
        self._stats: list[Stat] = []
        self._choosing = Choosing(shell)
        self._deciding = Deciding(shell)
        self._courier = CourierCard(shell)
        self._courier.taken.connect(self.refresh)
        self._aside = KeyedRows(self._aside_row)
        self._history = KeyedRows(self._history_row)
        self._lay_out()
        self._heard: Syncing | None = None

    def _lay_out(self) -> None:
        page = self._page = Scroll()
        page.setAccessibleName(tr("Sync"))
        self._aside_card = Card(tr("Set aside"), tr("kept here, and sent again when they or the server change"))
        again = Button(tr("Try again"))
        again.clicked.connect(self._retry)
        self._aside_card.trailing.addWidget(again)
        self._aside_card.body.addWidget(self._aside)
        self._history_card = Card(tr("Exchanges"), tr("a receipt proves that the server has saved what was sent"))
        self._history_card.body.addWidget(self._history)
        page.body.addWidget(self._title)
        for part in (self._under_way, self._trouble, self._practice, self._join_card):
            page.body.addWidget(part)
        page.body.addLayout(self._figures)
        told = (self._aside_card, self._courier, self._history_card)
        below: tuple[QWidget, ...] = (self._choosing, self._deciding, *told)
        for each in below:
            page.body.addWidget(each)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        for each in (*below, self._practice, self._join_card, self._button):
            each.hide()

    # --- the page as a whole ------------------------------------------------------------------------------------------

    def open(self, **where: object) -> None:
        """Show it."""
        self.refresh()

    def leave(self) -> None:
        """What was chosen needs no way back on this page any more; it stays in the history."""
        self._choosing.forget_chosen()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._button if self._button.isVisible() else self._page

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        syncing = self._shell.syncing
        if syncing is not None and syncing is not self._heard:
            self._heard = syncing
            syncing.progressed.connect(self._progressed)
        self._shell.ask(exchanges.read, self._show, owner=self, latest="sync")

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        linked = bool(overview.place)
        self._title.set_title(tr("Sync"), self._caption(overview))
        self._button.setVisible(linked)
        self._practice.setVisible(overview.practice)
        self._courier.setVisible(linked)
        self._show_figures(overview)
        self._choosing.show_all(overview.disagreements)
        self._deciding.show_all(overview.held)
        self._aside.show_values((one.id, one) for one in overview.aside)
        self._aside_card.setVisible(bool(overview.aside))
        self._history.show_values(
            (f"{one.started} {one.ended} {one.outcome} {one.receipt}", one) for one in overview.exchanges
        )
        self._history_card.setVisible(bool(overview.exchanges))
        self._show_status(self._status())

    def _caption(self, overview: Overview) -> str:
        if overview.practice:
            return tr("Practice with sample people: nothing is sent")
        if not overview.place:
            return tr("This laptop has not joined an office yet. Everything you write is kept here.")
        return " · ".join(filter(None, (exchanges.caption(overview), exchanges.files(overview))))

    def _show_figures(self, overview: Overview) -> None:
        if self._place != overview.place:
            self._place = overview.place
            self._make_figures(overview.place)
        safety = overview.safety
        only, safe, aside, needs = self._stats
        only.set(words.number(safety.only_here), exchanges.only_here(overview))
        safe.set(words.number(safety.safe), self._safe_caption(overview))
        aside.set(
            words.number(safety.set_aside), exchanges.set_aside(overview), tone="warn" if safety.set_aside else ""
        )
        needs.set(words.number(safety.needs_you), exchanges.needs_you(overview), tone="bad" if safety.needs_you else "")

    def _make_figures(self, place: str) -> None:
        while (item := self._figures.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        safe = tr("Safe at {office}", office=place) if place else tr("Safe at an office")
        labels = (tr("Only on this laptop"), safe, tr("Set aside"), tr("Needs you"))
        self._stats = [Stat(label, "") for label in labels]
        pairs = [Columns(*self._stats[at : at + 2], narrow=300) for at in (0, 2)]
        self._figures.addWidget(Columns(*pairs, narrow=760))

    def _safe_caption(self, overview: Overview) -> str:
        result = self._status().result
        if result is not None and result.agrees and not overview.pending:
            return tr("server and laptop agree")
        return exchanges.safe(overview)

    # --- exchanging ---------------------------------------------------------------------------------------------------

    def _status(self) -> Status:
        syncing = self._shell.syncing
        return syncing.status if syncing is not None else Status()

    def _sync_now(self) -> None:
        syncing = self._shell.syncing
        if syncing is not None:
            syncing.now()

    def _cancel(self) -> None:
        syncing = self._shell.syncing
        if syncing is not None:
            self._under_way.stopping()
            syncing.cancel()

    def _retry(self) -> None:
        self._shell.do(lambda workspace: workspace.store.retry_set_aside(), lambda _done: self._sync_now(), owner=self)

    def _let_it_happen(self) -> None:
        self._shell.do(lambda workspace: allow_voiding(workspace.store), lambda _done: self._sync_now(), owner=self)

    def _progressed(self, status: Status) -> None:
        if self._overview is not None:
            self._show_status(status)

    def _show_status(self, status: Status) -> None:
        overview = self._overview
        assert overview is not None
        sending = status.state == "sending"
        self._button.setEnabled(not sending)
        self._button.set_words(tr("Syncing…") if sending else exchanges.button(overview))
        # A check that takes a blink and that nobody asked for shows nothing.
        self._under_way.setVisible(sending and (status.asked or status.total > 0))
        self._under_way.say(status)
        self._trouble.say(status, overview.braked)
        refused = isinstance(status.error, NotLetIn)
        self._join_card.setVisible(not overview.practice and (refused or not overview.place))
        self._join_card.set_title(tr("Join again with a new code") if refused else tr("Join an office"))

    # --- joining ------------------------------------------------------------------------------------------------------

    def _practice_card(self) -> Card:
        card = Card(tr("You are among sample people"), tone="suggest")
        card.body.addWidget(
            text(tr("This page shows where your records are. Sample people are never sent anywhere."), wrap=True)
        )
        card.body.addSpacing(theme.px(10))
        start = PrimaryButton(tr("Start for real"), short=True)
        start.clicked.connect(lambda: self._shell.go("first_run"))
        card.body.addWidget(start)
        return card

    def _joined(self) -> None:
        self.refresh()
        self._sync_now()

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _aside_row(self, one: Aside) -> Row:
        pill = Pill(tr("with the coordinator"), "now") if one.held else Pill(tr("not taken"), "warn")
        row = Row(one.about, subtitle=tr(one.why), trailing=(pill,), active=False)
        row.setToolTip(tr(one.why))
        return row

    def _history_row(self, one: Exchange) -> Row:
        today = self._overview.today if self._overview else None
        trailing: list[QWidget] = []
        if one.receipt:
            trailing.append(text(exchanges.short_receipt(one.receipt), "caption"))
        trailing.append(Pill(tr("not finished"), "warn") if one.outcome else Pill(ptr("an exchange", "done"), "good"))
        return Row(
            exchanges.when(one, today),
            caption="" if one.outcome else exchanges.moved(one),
            subtitle=exchanges.exchange(one),
            trailing=trailing,
            active=False,
        )


class _JoinCard(Card):
    """Why one would join an office, and the form to do it."""

    joined = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Join an office"))
        self._shell = shell
        why = tr(
            "Your office runs a server that keeps a second, safe copy of your work and brings you what your co-mentors write. "
            "It gives you an address and a code, on paper or as a file. You can go on working without it for as long as you like."
        )
        self.body.addWidget(text(why, wrap=True))
        self.body.addSpacing(theme.px(12))
        self._form = JoinForm()
        self._form.asked.connect(self._join)
        self._form.file_chosen.connect(self._join_by_file)
        self.body.addWidget(self._form)

    def _join_by_file(self, file: Path) -> None:
        try:
            invitation = read_invitation(file)
        except UserError as error:
            self._form.set_problem(str(error))
            return
        self._form.address.setText(invitation.address)
        self._form.code.setText(invitation.code)
        self._join(invitation.address, invitation.code)

    def _join(self, address: str, code: str) -> None:
        workspace = self._shell.workspace
        if workspace is not None and not workspace.practice:
            self._form.set_busy(True)
            joining.join(
                self._shell.tasks,
                workspace,
                address=address,
                code=code,
                then=self._let_in,
                failed=self._not_let_in,
                owner=self,
            )

    def _let_in(self) -> None:
        self._form.set_busy(False)
        self._form.code.clear()
        self._shell.notices.say(tr("This laptop has joined the office. Your records are on their way."))
        self.joined.emit()

    def _not_let_in(self, error: UserError) -> None:
        self._form.set_busy(False)
        self._form.set_problem(str(error))
        self._form.code.setFocus(Qt.FocusReason.OtherFocusReason)


class _UnderWay(Card):
    """How far an exchange is, and a way to stop it."""

    def __init__(self) -> None:
        super().__init__()
        line = Line(gap=16)
        said = Column(gap=6)
        self._words, self._bar = text("", "strong"), Bar(-1)
        self._safe = text(tr("You can go on working. Stopping is safe: what arrived is kept."), "caption", wrap=True)
        for part in (self._words, self._bar, self._safe):
            said.addWidget(part)
        self.stop = Button(tr("Stop"))
        line.addLayout(said, 1)
        line.addWidget(self.stop)
        self.body.addLayout(line)
        self.hide()

    def stopping(self) -> None:
        """Show that it will stop."""
        self.stop.setEnabled(False)
        self._words.setText(tr("Stopping…"))

    def say(self, status: Status) -> None:
        """Say how far it is."""
        if status.state != "sending":
            self.stop.setEnabled(True)
            return
        if self.stop.isEnabled():
            self._words.setText(_far(status))
        self._bar.set(status.share, self._words.text())


def _far(status: Status) -> str:
    progress = status.progress
    if progress is None:
        return tr("Reaching the office…")
    if progress.files_whole:
        done, whole = words.size(progress.files_done), words.size(progress.files_whole)
        return tr("Files: {done} of {whole}", done=done, whole=whole)
    if progress.left:
        return ntr(
            "{n} record still to send", "{n} records still to send", progress.left, n=words.number(progress.left)
        )
    return ntr("{n} record received", "{n} records received", progress.received, n=words.number(progress.received))


class _Trouble(Card):
    """Why the last exchange did not go through, when somebody asked for it or must act; nothing while all is quiet."""

    def __init__(self) -> None:
        super().__init__()
        self._sign, self._said = QLabel(), text("", wrap=True)
        self._icon_name = ("wifi-off", "quiet")
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = Line(gap=12)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._said, 1)
        self.let = Button(tr("Allow it"))
        line.addWidget(self.let)
        self.body.addLayout(line)
        self.let.hide()
        self.hide()

    def say(self, status: Status, braked: str) -> None:
        """Say it, or nothing. What waits for an answer is said until it has one."""
        self.let.setVisible(bool(braked))
        self.let.setEnabled(status.state != "sending")
        if braked:
            self._icon_name = ("triangle-alert", "warn")
            self._said.setText(braked)
            self.set_tone("")
            self.restyle()
            self.show()
            return
        error = status.error
        shown = error is not None and (status.state == "refused" or (status.asked and error.reason != "cancelled"))
        self.setVisible(shown)
        if error is not None and shown:
            offline = status.state == "offline"
            self._icon_name = ("wifi-off", "quiet") if offline else ("circle-alert", "bad")
            self._said.setText(str(error))
            self.set_tone("" if offline else "bad")
            self.restyle()

    def restyle(self) -> None:
        """Take the sign again in the theme in use."""
        self._sign.setPixmap(theme.pixmap(*self._icon_name, 20))
