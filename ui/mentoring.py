"""How a mentorship stands, as a card: its type, who is in it, since when, and the steps that may follow, each with its way back.

Reads for itself, so that whatever shows it need not. Knows no screen; `gone` says that the mentorship left this mentor's hands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mentorapp.clock import day_of
from mentorapp.i18n import N_, ntr, tr
from ui import words
from ui.handing import Asking, Ending, Handing
from ui.shell import Shell
from ui.widgets import (
    Card,
    Flow,
    Pill,
    QuietButton,
    Segment,
)
from ui.widgets.facts import Fact, fact_row
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.records import Mentorship, Person
    from mentorapp.services.mentorships import Standing
    from mentorapp.services.workspace import Workspace

TYPES = {
    "one_to_one": (N_("One to one"), N_("You mentor one person.")),
    "group": (N_("A group"), N_("Several people meet with you at once; each meeting is written down once for all.")),
    "peer": (N_("Peers"), N_("People support each other as equals, and you accompany them.")),
    "reverse": (N_("Reverse"), N_("The other way round: somebody with less experience teaches you something.")),
    "co_mentored": (N_("Together with a colleague"), N_("Two mentors or more accompany one person.")),
}
"""Each type in plain words: what it is called, and what it means."""

TONES = {"proposed": "accent", "active": "good", "on_hold": "warn", "completed": "neutral", "ended_early": "neutral"}
"""In which tone each state is said."""


def views(shell: Shell, now: str) -> Segment:
    """The views of the mentees' place, of which one is on show."""
    shown = (("now", tr("People")), ("groups", tr("Groups")), ("earlier", tr("Earlier")), ("sites", tr("Sites")))
    segment = Segment(shown, name=tr("What is listed"))
    segment.set_value(now)
    segment.picked.connect(lambda view: shell.go("sites") if view == "sites" else shell.go("mentees", view=view))
    return segment


def state_words(mentorship: Mentorship) -> str:
    """The state in words."""
    from mentorapp.fields import Choice, fields_of
    from mentorapp.records import Mentorship

    field = fields_of(Mentorship)["status"]
    return tr(field.words(mentorship.status)) if isinstance(field, Choice) and mentorship.status else ""


def verb(state: str, to: str) -> str:
    """What to press to come from one state to another."""
    if to == "active":
        return {"proposed": tr("Begin"), "on_hold": tr("Go on")}.get(state, tr("Open again"))
    return {"on_hold": tr("Put on hold"), "completed": tr("Complete"), "ended_early": tr("End early")}.get(to, to)


@dataclass(frozen=True)
class _Shown:
    stands: Standing
    today: date


def _read(workspace: Workspace, id: str) -> _Shown:
    from mentorapp.records import Mentorship
    from mentorapp.services import mentorships

    return _Shown(mentorships.standing(workspace, workspace.store.get(Mentorship, id)), day_of(workspace.clock.now()))


def facts(stands: Standing, today: date) -> list[Fact]:
    """What is known of a mentorship; what is not known is left out."""
    one = stands.mentorship
    title, _ = TYPES.get(one.type or "", ("", ""))
    every = one.cadence or 0
    since = words.day(one.handed_over, near=today) if one.handed_over else ""
    before = words.listed(list(stands.before))
    found = (
        (tr("Type"), tr(title) if title else ""),
        (tr("Mentors"), words.listed([name for _, name in stands.mentors])),
        (tr("Before that"), tr("{mentors}, until {day}", mentors=before, day=since) if before and since else before),
        (tr("Site"), stands.site),
        (tr("Purpose"), one.purpose),
        (tr("How often"), ntr("every {n} day", "every {n} days", every, n=words.number(every)) if every else ""),
        (tr("Since"), words.day(one.starts, near=today) if one.starts else ""),
        (tr("Planned end"), words.day(one.planned_end, near=today) if one.planned_end else ""),
        (tr("Why it ended early"), one.end_reason if one.status == "ended_early" else ""),
    )
    return [fact for fact in found if fact[1]]


class MentorshipCard(Card):
    """The card. Show a mentorship by its id; it stays true while it is on show if `refresh` is called when something changed."""

    opened = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__(tr("Mentorship"))
        self._shell = shell
        self._id = ""
        self._shown: _Shown | None = None
        self._pill = Pill()
        self.trailing.addWidget(self._pill)
        self._facts = KeyedRows(fact_row, lines=False)
        self._verbs = Flow(gap=4, line_gap=2)
        self._ending, self._handing = Ending(), Handing()
        self._ending.kept.connect(lambda reason: self._change("ended_early", reason))
        self._handing.kept.connect(self._hand_over)
        for form in (self._ending, self._handing):
            form.put_away.connect(self._put_away)
            form.hide()
        self.body.setSpacing(8)
        for part in (self._facts, self._verbs, self._ending, self._handing):
            self.body.addWidget(part)
        self.hide()

    def show_mentorship(self, id: str) -> None:
        """Show this mentorship; nothing without one."""
        if id != self._id:
            self._id, self._shown = id, None
            self._put_away()
            self.hide()
        self.refresh()

    def refresh(self) -> None:
        """Read again how it stands, in the background."""
        id = self._id
        if id:
            self._shell.ask(lambda workspace: _read(workspace, id), self._show, owner=self, latest="mentorship card")

    def _show(self, shown: _Shown) -> None:
        stands, changed = shown.stands, shown != self._shown
        self._shown = shown
        one = stands.mentorship
        self._pill.set(state_words(one), TONES.get(one.status or "", "neutral"))
        if stands.changed is not None:
            since = words.day(day_of(stands.changed), near=shown.today)
            self._pill.setToolTip(tr("Since {day}", day=since))
        self._facts.show_values((label, (label, said)) for label, said in facts(stands, shown.today))
        if changed:
            self._offer(stands)
        self.show()

    def _offer(self, stands: Standing) -> None:
        for button in self._verbs.parts():
            self._verbs.removeWidget(button)
            button.hide()
            button.deleteLater()
        one = stands.mentorship
        offered: list[tuple[str, Callable[..., object]]] = []
        if stands.mine:
            offered += [(verb(one.status or "", to), lambda _on=False, to=to: self._step(to)) for to in stands.next]
            if one.status in ("active", "on_hold", "proposed"):
                offered.append((tr("Hand over to a colleague"), lambda _on=False: self._begin_handing()))
        for label, run in offered:
            button = QuietButton(label)
            button.setAccessibleName(tr("{verb}: this mentorship", verb=label))
            button.clicked.connect(run)
            self._verbs.addWidget(button)
            button.show()
        self._verbs.setVisible(bool(offered))

    # --- deeds --------------------------------------------------------------------------------------------------------

    def _step(self, to: str) -> None:
        if to == "ended_early":
            self._open(self._ending)
        else:
            self._change(to, "")

    def _open(self, form: Asking) -> None:
        self._put_away()
        self._verbs.hide()
        form.show()
        form.begin()

    def _put_away(self) -> None:
        for form in (self._ending, self._handing):
            form.hide()
        self._verbs.setVisible(bool(self._verbs.parts()))

    def _change(self, to: str, reason: str) -> None:
        if self._shown is None:
            return
        before = self._shown.stands.mentorship

        def done(_changed: object) -> None:
            self._put_away()
            said = tr("This mentorship is now: {state}.", state=_state(to))
            self._shell.notices.say(said, action_label=tr("Undo"), action=lambda: self._back(before, "state"))

        self._shell.do(
            lambda workspace: _change(workspace, before, to, reason), done, owner=self, failed=self._ending.refuse
        )

    def _begin_handing(self) -> None:
        self._shell.ask(_colleagues, self._handing.offer, owner=self)
        self._open(self._handing)

    def _hand_over(self, to: str, on: object, staying: bool) -> None:
        if self._shown is None:
            return
        before = self._shown.stands.mentorship
        name = self._handing.name_of(to)

        def done(_changed: object) -> None:
            self._put_away()
            said = (
                tr("{colleague} mentors along with you.", colleague=name)
                if staying
                else tr(
                    "Handed over to {colleague}. At the next sync all of it goes to their laptop and leaves this one.",
                    colleague=name,
                )
            )
            self._shell.notices.say(said, action_label=tr("Undo"), action=lambda: self._back(before, "mentors"))

        self._shell.do(
            lambda workspace: _hand_over(workspace, before, to, on, staying),
            done,
            owner=self,
            failed=self._handing.refuse,
        )

    def _back(self, before: Mentorship, what: str) -> None:
        self._shell.do(lambda workspace: _put_back(workspace, before, what))


def _state(to: str) -> str:
    from mentorapp.fields import Choice, fields_of
    from mentorapp.records import Mentorship

    field = fields_of(Mentorship)["status"]
    return tr(field.words(to)) if isinstance(field, Choice) else to


def _change(workspace: Workspace, before: Mentorship, to: str, reason: str) -> object:
    from mentorapp.services import mentorships

    return mentorships.change_state(workspace, before, to=to, reason=reason)


def _hand_over(workspace: Workspace, before: Mentorship, to: str, on: object, staying: bool) -> object:
    from mentorapp.services import mentorships

    return mentorships.hand_over(workspace, before, to=to, on=on if isinstance(on, date) else None, staying=staying)


def _put_back(workspace: Workspace, before: Mentorship, what: str) -> object:
    from mentorapp.services import mentorships

    fields = mentorships.STATE if what == "state" else mentorships.MENTORS
    return mentorships.put_back(workspace, before, *fields)


def _colleagues(workspace: Workspace) -> list[Person]:
    from mentorapp.services import people

    return people.colleagues(workspace)
