"""The exchange by a stick: a card with three deeds, for those who have no line and those who carry for others.

Promises that each deed says what came of it in the card itself, that writing and taking in run where the store is and handing over where the
network is, and that nothing on a stick is ever changed but by files added beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mentorapp.errors import UserError
from mentorapp.i18n import ntr, tr
from sync import bundle
from sync.client import carrying, courier, failure, linked, parcels
from ui import filing, theme, words
from ui.shell import Shell
from ui.widgets import Button, Card, text
from ui.widgets.flow import Flow

if TYPE_CHECKING:
    from mentorapp.services.workspace import Workspace
    from sync.client.carrying import Carried


class CourierCard(Card):
    """The card. `taken` is said when something was taken in."""

    taken = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("By a stick"), tr("where there is no network: sealed files that anybody may carry"))
        self._shell = shell
        self._why = text(
            tr(
                "Write what is only here onto a stick and let it travel. Whoever reaches the office hands it over there, and brings the "
                "answer back. Nobody on the way can read it. It counts as safe when the answer is back."
            ),
            wrap=True,
        )
        self.body.addWidget(self._why)
        self.body.addSpacing(theme.px(12))
        deeds = Flow(gap=8, line_gap=8)
        self.write = self._deed(tr("Write onto a stick…"), self._write)
        self.take = self._deed(tr("Take in an answer…"), self._take)
        self.hand = self._deed(tr("Hand over for others…"), self._hand)
        for one in (self.write, self.take, self.hand):
            deeds.addWidget(one)
        self.body.addWidget(deeds)
        self._said = text("", wrap=True)
        self._said.setContentsMargins(0, theme.px(12), 0, 0)
        self._said.hide()
        self.body.addWidget(self._said)

    def _deed(self, label: str, does: Callable[[Path], None]) -> Button:
        button = Button(label)

        def asked() -> None:
            folder = filing.which_folder(self, title=label.rstrip("…"))
            if folder is not None:
                self._busy(True)
                does(folder)

        button.clicked.connect(asked)
        return button

    def _busy(self, busy: bool) -> None:
        for one in (self.write, self.take, self.hand):
            one.setEnabled(not busy)
        if busy:
            self._say(tr("One moment…"))

    def _say(self, said: str) -> None:
        self._said.setText(said)
        self._said.show()

    def _done(self, said: str) -> None:
        self._busy(False)
        self._say(said)

    def _failed(self, error: UserError) -> None:
        self._done(str(error))

    # --- the deeds ----------------------------------------------------------------------------------------------------

    def _write(self, folder: Path) -> None:
        def written(workspace: Workspace) -> str:
            done = courier.write(workspace.store, folder, at=workspace.clock.now())
            parcels.write(workspace.store, folder, at=workspace.clock.now())
            return ntr(
                "{n} record is in “{file}” ({size}). It stays among what is only here until the answer is back.",
                "{n} records are in “{file}” ({size}). They stay among what is only here until the answer is back.",
                done.records,
                n=words.number(done.records),
                file=done.files[-1].name,
                size=words.size(done.size),
            )

        self._at_the_store(written, self._done)

    def _take(self, folder: Path) -> None:
        def done(said: str) -> None:
            self._done(said)
            self.taken.emit()

        self._at_the_store(lambda workspace: _taken(workspace, folder), done)

    def _at_the_store(self, deed: Callable[[Workspace], str], then: Callable[[str], None]) -> None:
        workspace = self._shell.workspace
        if workspace is not None:
            self._shell.tasks.run(lambda: deed(workspace), then=then, failed=self._failed, owner=self)

    def _hand(self, folder: Path) -> None:
        def go(link: tuple[str, str, str]) -> None:
            address, authority, token = link
            self._shell.tasks.run(
                lambda: _handed(address, authority, token, folder),
                then=lambda done: self._done(_told(done)),
                failed=self._failed,
                lane="network",
                owner=self,
            )

        workspace = self._shell.workspace
        if workspace is not None:
            self._shell.tasks.run(lambda: _link(workspace), then=go, failed=self._failed, owner=self)


def _taken(workspace: Workspace, folder: Path) -> str:
    safe = received = found = 0
    for _, content, head in carrying.bundles(folder, bundle.ANSWER, bundle.KEPT):
        if not courier.is_ours(workspace.store, head):
            continue
        found += 1
        if head.sort == bundle.KEPT:
            parcels.take(workspace.store, content, at=workspace.clock.now())
            continue
        came = courier.take(workspace.store, content, at=workspace.clock.now())
        safe, received = safe + came.applied.safe, received + came.applied.received
    if not found:
        raise failure("bundle_none")
    return " ".join(
        (
            ntr("{n} record is now safe.", "{n} records are now safe.", safe, n=words.number(safe)),
            ntr("{n} record came.", "{n} records came.", received, n=words.number(received)),
        )
    )


def _link(workspace: Workspace) -> tuple[str, str, str]:
    link = linked(workspace.store)
    if link is None:
        raise failure("no_server")
    return link.address, link.authority, link.token


def _handed(address: str, authority: str, token: str, folder: Path) -> list[Carried]:
    from sync.client.http import Line as Wire

    with Wire(address, authority=authority) as line:
        return carrying.hand_over(line, token, folder)


def _told(done: list[Carried]) -> str:
    if not done:
        return tr("There is nothing on this stick to hand over.")
    through = sum(one.answer is not None for one in done)
    said = ntr(
        "{n} file was handed over; its answer lies beside it.",
        "{n} files were handed over; their answers lie beside them.",
        through,
        n=words.number(through),
    )
    return "\n".join([said, *(str(one.problem) for one in done if one.problem)])
