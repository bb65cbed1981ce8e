"""What somebody can do, over time. One competency at a time is drawn; all stand in the list with where they are and how far they came."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentorapp.errors import UserError
from mentorapp.i18n import tr
from mentorapp.records import CompetencyRating
from mentorapp.services import ratings
from mentorapp.services.ratings import Course, RatingsView
from ui import words
from ui.models import growth
from ui.screens.ratings.form import RatingForm, rating_line
from ui.shell import Shell
from ui.widgets import Card, Column, Columns, EmptyState, PageTitle, Pill, PrimaryButton, QuietButton, Row, Scroll, text
from ui.widgets.chart import Chart, ChartBox
from ui.widgets.flow import high_as_needed
from ui.widgets.keyed import KeyedRows

if TYPE_CHECKING:
    from mentorapp.store import Changed


class RatingsScreen(QWidget):
    """The ratings of one mentee."""

    shows = frozenset(("competency_rating", "person", "mentorship"))

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._person = ""
        self._chosen = ""
        self._view: RatingsView | None = None
        self.form: RatingForm | None = None
        self._back = QuietButton("", "arrow-left")
        self._back.clicked.connect(lambda: shell.go("mentee", person=self._person))
        self._title = PageTitle("")
        self.add = PrimaryButton(tr("Rate"))
        self.add.clicked.connect(self.rate)
        self._title.add(self.add)
        self._form_card = Card(tr("What you see today"), tr("Only what you saw. The rest can wait."))
        self.list = Card(tr("Competencies"))
        self.rows = KeyedRows(self._row)
        self.list.body.addWidget(self.rows)
        self.one = CourseCard(shell)
        self.nothing = EmptyState(
            "target",
            tr("Nothing is rated yet"),
            tr("Rate together, two or three times a year: what matters is the way from the first to the latest."),
            action=tr("Rate for the first time"),
            run=self.rate,
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self._scroll = page = Scroll()
        leading, trailing = Column(), Column()
        for column, card in ((leading, self.list), (trailing, self.one)):
            high_as_needed(card)
            column.addWidget(card)
            column.addStretch(1)
        self._known = Columns(leading, trailing, shares=(100, 120))
        head = Column(gap=4)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        head.addWidget(self._title)
        self._body = QWidget()
        whole = Column(self._body, gap=18)
        whole.addLayout(head)
        high_as_needed(self._form_card)
        for part in (self._form_card, self.nothing, self._known):
            whole.addWidget(part)
        self._form_card.hide()
        page.body.addWidget(self._body)
        page.body.addStretch(1)
        Column(self).addWidget(page)
        self._body.hide()

    def open(self, *, person: str = "", rate: bool = False) -> None:
        """Show the ratings of this person; `rate` opens the form."""
        if person and person != self._person:
            self._person, self._chosen, self._view = person, "", None
            if self.form is not None:
                self.form.clear()
            self._form_card.hide()
            self._body.hide()
        self._rating_wanted = rate
        self.refresh()

    _rating_wanted = False

    def first_focus(self) -> QWidget:
        """Where the keyboard begins."""
        return self._scroll

    def refresh(self) -> None:
        """Read again what is shown, in the background."""
        person = self._person
        if person:
            self._shell.ask(lambda workspace: ratings.view(workspace, person), self._show, owner=self, latest="ratings")

    def _show(self, view: RatingsView) -> None:
        self._view = view
        name = view.person.name
        self._back.set_words(name)
        self._back.setAccessibleName(tr("Back to {name}", name=name))
        self._title.set_title(tr("What {name} can do", name=name), tr(view.framework.name))
        known = {course.competency: course for course in view.courses}
        self.nothing.setVisible(not known and self._form_card.isHidden())
        self._known.setVisible(bool(known))
        first = name.split()[0]
        self.rows.show_values((f"{c.framework}/{c.competency}", (c, first, view.today)) for c in view.courses)
        if view.courses and self._chosen not in (shown := self.rows.keys()):
            self._chosen = shown[0]
        self._draw()
        self._body.show()
        if self._rating_wanted:
            self._rating_wanted = False
            self.rate()

    # --- all of them --------------------------------------------------------------------------------------------------

    def _row(self, value: tuple[Course, str, date]) -> Row:
        course, name, today = value
        spark = Chart(growth.course_spark(course, name, near=today), bare=True)
        spark.setFixedWidth(spark.sizeHint().width())
        mine, own = course.latest("mentor"), course.latest("self")
        parts = [growth.level_words(mine.level)] if mine else []
        parts += [tr("{name} says: {level}", name=name, level=growth.level_words(own.level))] if own else []
        row = Row(
            tr(course.name),
            subtitle=" · ".join(parts) or tr("not assessed"),
            trailing=(Pill(growth.steps_words(course), "neutral"), spark),
        )
        row.activated.connect(lambda: self.choose(f"{course.framework}/{course.competency}"))
        return row

    def choose(self, key: str) -> None:
        """Draw this competency."""
        self._chosen = key
        self._draw()

    def _draw(self) -> None:
        view = self._view
        course = (
            next((c for c in view.courses if f"{c.framework}/{c.competency}" == self._chosen), None) if view else None
        )
        self.one.setVisible(course is not None)
        if view is not None and course is not None:
            self.one.show_course(course, view.person.name.split()[0], view.today)

    # --- rating -------------------------------------------------------------------------------------------------------

    def rate(self) -> None:
        """Open the form."""
        view = self._view
        if view is None:
            return
        if self.form is None:
            self.form = RatingForm(view.framework, today=lambda: self._view.today if self._view else date.min)
            self.form.kept.connect(self._keep)
            self.form.closed.connect(self._put_away)
            self._form_card.body.addWidget(self.form)
        self.form.begin(view.person.name.split()[0], view.today)
        self.nothing.hide()
        self._form_card.show()
        self._scroll.verticalScrollBar().setValue(0)
        self.form.rater.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_away(self) -> None:
        self._form_card.hide()
        self.nothing.setVisible(bool(self._view and not self._view.courses))
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        view, form = self._view, self.form
        if view is None or form is None:
            return
        if form.day.unreadable():
            form.day.say(form.day.unreadable())
            return
        said, rater, day = form.value(), form.rater.picked_one(), form.day.value()

        def kept(changed: Changed) -> None:
            form.clear()
            self._put_away()
            undo = lambda: self._shell.do(lambda w: ratings.undo(w, changed.records))  # noqa: E731
            said = tr("Rated: {name}", name=view.person.name)
            self._shell.notices.say(said, action_label=tr("Undo"), action=undo)

        self._shell.do(
            lambda w: ratings.rate(
                w, mentorship=view.mentorship, person=view.person.id, rater=rater, said=said, day=day
            ),
            kept,
            owner=self,
            failed=self._refuse,
        )

    def _refuse(self, error: Exception) -> None:
        form = self.form
        if form is not None and isinstance(error, UserError) and error.values.get("field") == "day":
            form.day.say(str(error))
            form.day.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif form is not None:
            form.say(str(error))


class CourseCard(Card):
    """One competency: its lines over time, and what was seen each time."""

    def __init__(self, shell: Shell) -> None:
        super().__init__("")
        self._shell = shell
        self._name, self._today = "", date.min
        self._about = text("", "caption", wrap=True)
        self.chart = ChartBox()
        self.rows = KeyedRows(self._row)
        self.body.setSpacing(10)
        for part in (self._about, self.chart, self.rows):
            self.body.addWidget(part)

    def show_course(self, course: Course, name: str, today: date) -> None:
        """Show this competency."""
        self._name, self._today = name, today
        last = course.all[-1]
        known = ratings.wording(course.framework, last.version, course.competency)
        self.set_title(tr(course.name))
        self._about.setText(tr(known.about) if known.about else "")
        self._about.setVisible(bool(known.about))
        self.chart.set(growth.course_picture(course, name, near=today))
        self.rows.show_values((r.id, r) for r in reversed(course.all))

    def _row(self, rating: CompetencyRating) -> Row:
        day = words.day(rating.day, near=self._today) if rating.day else ""
        out = QuietButton(tr("Take out"))
        out.setAccessibleName(tr("Take out the rating of {day}", day=day))
        out.clicked.connect(lambda: self._take_out(rating))
        who = growth.rater_words(rating.rater or "", self._name)
        level = growth.level_words(rating.level)
        row = Row(
            tr("{level} · {who}", level=level, who=who),
            subtitle=" ".join(rating.evidence.split()) or rating_line(rating),
            leading=day,
            trailing=(out,),
            active=False,
        )
        looks = ratings.wording(rating.framework, rating.version, rating.competency).levels.get(rating.level or "", "")
        parts = [tr(looks) if looks else "", rating_line(rating), rating.evidence]
        row.setToolTip("\n".join(part for part in parts if part))
        return row

    def _take_out(self, rating: CompetencyRating) -> None:
        def gone(_changed: object) -> None:
            undo = lambda: self._shell.do(lambda w: ratings.put_back(w, rating))  # noqa: E731
            self._shell.notices.say(tr("Taken out. It stays in the history."), action_label=tr("Undo"), action=undo)

        self._shell.do(lambda w: ratings.take_out(w, rating), gone, owner=self)
