"""How it feels to work together: the shares of quarters that are over, whom to ask this quarter, and my own answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import ntr, ptr, tr
from mentorapp.indicators import FEWEST, ITEMS, Share
from mentorapp.records import Pulse
from mentorapp.services import pulses, recall
from mentorapp.services.pulses import Shares
from ui import words
from ui.screens.pulse.asking import SCALE
from ui.shell import Shell
from ui.widgets import Bar, Button, Card, Chips, Column, Columns, Line, PageTitle, QuietButton, Row, Scroll, text
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Person
    from mentorapp.services.workspace import Workspace

PERIODS = 4
"""How many quarters are offered."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What may be seen: shares by quarter, who was not asked yet, my own answers with the pair they are about, by quarter."""

    shares: tuple[Shares, ...]
    waiting: tuple[tuple[Person, str], ...]
    count: int
    mine: tuple[tuple[Pulse, str], ...]


def read(workspace: Workspace) -> Known:
    """What this page shows."""
    waiting, count = pulses.waiting(workspace)
    mine = pulses.mine(workspace)[:12]
    named = recall.pairs(workspace, [one.mentorship or "" for one in mine])
    return Known(
        shares=tuple(pulses.shares(workspace, period=period) for period in pulses.periods(workspace)[:PERIODS]),
        waiting=tuple(waiting),
        count=count,
        mine=tuple((one, pair.name if (pair := named.get(one.mentorship or "")) else "") for one in mine),
    )


def period_words(period: str) -> str:
    """A quarter by its first and last month: "July to September 2026"."""
    first, after = pulses.days_of(period)
    last = after.replace(year=after.year - (after.month == 1), month=after.month - 1 or 12)
    return tr("{first} to {last}", first=words.month(first, near=first), last=words.month(last))


class PulseScreen(QWidget):
    """The page."""

    shows = frozenset(("pulse", "mentorship", "person"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._known: Known | None = None
        self._period = ""
        self.quarter = Chips(required=True, name=tr("Which quarter"))
        self.quarter.picked.connect(self._pick)
        self.bars = KeyedRows(self._bar, lines=False)
        self.few = text("", "caption", wrap=True)
        self.waiting = KeyedRows(self._waiting_row)
        self._none, self._more = text("", "caption", wrap=True), text("", "caption", wrap=True)
        self.mine = KeyedRows(self._own_row)
        self._lay_out()

    def _lay_out(self) -> None:
        said = tr("Five sentences, once a quarter: from whoever is mentored, and from you.")
        self._scroll = page = Scroll()
        self.shares_card = Card(tr("What others feel"))
        self.shares_card.body.setSpacing(12)
        rule = tr(
            "An answer is only for the one who gave it. You see shares of a whole quarter that is over, from five other "
            "people up, and of nobody alone."
        )
        self.shares_card.body.addWidget(self.quarter)
        self.shares_card.body.addWidget(self.bars)
        self.shares_card.body.addWidget(self.few)
        self.shares_card.body.addWidget(text(rule, "caption", wrap=True))
        self._waiting_card = Card(tr("To ask this quarter"))
        self._waiting_card.body.addWidget(self.waiting)
        self._waiting_card.body.addWidget(self._none)
        self._waiting_card.body.addWidget(self._more)
        self._mine_card = Card(tr("Your own answers"))
        self._mine_card.body.addWidget(self.mine)
        leading, trailing = Column(gap=18), Column(gap=18)
        leading.addWidget(self.shares_card)
        for card in (self._waiting_card, self._mine_card):
            trailing.addWidget(card)
        for card in (self.shares_card, self._waiting_card, self._mine_card):
            high_as_needed(card)
        for column in (leading, trailing):
            column.addStretch(1)
        page.body.addWidget(PageTitle(tr("How it feels to work together"), said))
        page.body.addWidget(Columns(leading, trailing, shares=(120, 100)))
        page.body.addStretch(1)
        Column(self).addWidget(page)

    def open(self, **_where: object) -> None:
        """Show what may be seen."""
        self.refresh()

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._scroll

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        self._shell.ask(read, self._show, owner=self, latest="pulse overview")

    def _show(self, known: Known) -> None:
        self._known = known
        offered = [found.period for found in known.shares]
        self._period = self._period if self._period in offered else offered[0] if offered else ""
        self.quarter.set_options([(period, period_words(period)) for period in offered])
        self.quarter.set_value(self._period)
        self.quarter.setVisible(bool(offered))
        self._draw()
        self.waiting.show_values((person.id + pair, (person, pair)) for person, pair in known.waiting)
        self._none.setVisible(not known.waiting)
        self._none.setText(tr("Everybody was asked this quarter, or began only now."))
        left = known.count - len(known.waiting)
        self._more.setText(ntr("and {n} more", "and {n} more", left, n=words.number(left)) if left > 0 else "")
        self._more.setVisible(left > 0)
        self.mine.show_values((one.id, (one, name)) for one, name in known.mine)
        self._mine_card.setVisible(bool(known.mine))

    def _pick(self, period: str) -> None:
        self._period = period
        self._draw()

    def _draw(self) -> None:
        found = next((one for one in self._known.shares if one.period == self._period), None) if self._known else None
        shares = found.shares if found else {}
        self.bars.show_values((item, (item, share)) for item, share in shares.items())
        least = words.number(FEWEST)
        if found is None:
            said = tr("When a quarter is over in which at least {n} people answered, their shares are here.", n=least)
        elif not shares:
            said = tr("Fewer than {n} people answered in this quarter, so nothing of it is shown.", n=least)
        else:
            said = ntr("{n} person answered.", "{n} people answered.", found.people, n=words.number(found.people))
            if len(shares) < len(ITEMS):
                said += " " + tr("Sentences with fewer than {n} answers are left out.", n=least)
        self.few.setText(said)

    def _bar(self, value: tuple[str, Share]) -> QWidget:
        item, share = value
        said = tr(
            "{part} of {whole} say mostly or fully", part=words.number(share.part), whole=words.number(share.whole)
        )
        made = QWidget()
        column = Column(made, edges=(0, 0, 0, 8), gap=4)
        column.addWidget(text(tr(fields_of(Pulse)[item].label), "strong", wrap=True))
        column.addWidget(Bar(share.value or 0.0, said))
        column.addWidget(text(said, "caption"))
        return made

    def _waiting_row(self, value: tuple[Person, str]) -> Row:
        person, pair = value
        ask = Button(ptr("the laptop", "Hand over"))
        ask.setAccessibleName(tr("Hand the laptop to {name}", name=person.name))
        ask.clicked.connect(lambda: self._shell.go("pulse_asking", mentorship=pair, person=person.id))
        own = QuietButton(tr("Answer myself"))
        own.setAccessibleName(tr("Answer myself about working with {name}", name=person.name))
        own.clicked.connect(lambda: self._shell.go("pulse_asking", mentorship=pair, back=person.id))
        return Row(person.name, subtitle=person.role, trailing=(own, ask), active=False)

    def _own_row(self, value: tuple[Pulse, str]) -> QWidget:
        pulse, name = value
        made = QWidget()
        column = Column(made, edges=(0, 8, 0, 8), gap=2)
        head = Line(gap=8)
        head.addWidget(text(name, "strong", wrap=True), 1)
        head.addWidget(text(period_words(pulse.period), "caption"))
        column.addLayout(head)
        for item in ITEMS:
            answer = getattr(pulse, item)
            said = tr(SCALE[answer - 1]) if answer else tr("skipped")
            label = tr(fields_of(Pulse)[item].label)
            column.addWidget(text(tr("{sentence}: {answer}", sentence=label, answer=said), "caption", wrap=True))
        return made
