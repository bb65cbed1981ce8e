"""The form in which competencies are rated: a level each, what it looks like, and how it was seen. Nothing has to be filled in.

What was chosen stays until it is kept, also while other pages are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mentorapp.fields import fields_of
from mentorapp.i18n import tr
from mentorapp.records import CompetencyRating
from mentorapp.services.ratings import Competency, Framework, Rated
from ui import theme
from ui.editors import ChipsEditor, DayEditor, EditorBox, LongEditor
from ui.models.growth import level_words, said_choice
from ui.widgets import Button, Chips, Column, FieldBox, Flow, Line, PrimaryButton, Segment, hairline, text

_FIELDS: Any = fields_of(CompetencyRating)
LEVELS = ("x", "none", "limited", "some", "strong")


class CompetencyLine(QWidget):
    """One competency: its levels as chips, what the chosen one looks like, and once one is chosen, how it was seen."""

    edited = Signal()

    def __init__(self, competency: Competency) -> None:
        super().__init__()
        self.competency = competency
        name = tr(competency.name)
        self.levels = Chips([(level, level_words(level)) for level in LEVELS], name=name)
        self._looks = text("", "caption", wrap=True)
        self.completeness: Any = None
        self.evidence: Any = None
        self._column = Column(self, edges=(0, 8, 0, 8), gap=6)
        said = QWidget()
        words = Column(said, gap=1)
        words.addWidget(text(name, "strong"))
        words.addWidget(text(tr(competency.about), "caption", wrap=True))
        self._column.addWidget(said)
        self._column.addWidget(self.levels)
        self._column.addWidget(self._looks)
        self.levels.picked.connect(self._picked)
        self._looks.hide()

    def _picked(self) -> None:
        level = self.levels.picked_one()
        looks = self.competency.levels.get(level, "")
        self._looks.setText(tr(looks) if looks else "")
        self._looks.setVisible(bool(looks))
        if level and level != "x":
            self._build()
        for box in (self.completeness, self.evidence):
            if box is not None:
                box.setVisible(bool(level) and level != "x")
        self.edited.emit()

    def _build(self) -> None:
        # Ten long editors would take a while to make; most lines are left alone.
        if self.evidence is None:
            field = _FIELDS["completeness"]
            self.completeness = EditorBox(field, ChipsEditor(field), parent=self)
            self.completeness.set_value("satisfactory")
            self.completeness.set_visibility("")
            evidence = _FIELDS["evidence"]
            self.evidence = EditorBox(evidence, LongEditor(evidence, least=2), parent=self)
            name = tr(self.competency.name)
            self.evidence.editor.setAccessibleName(tr("What you saw of: {competency}", competency=name))
            for box in (self.completeness, self.evidence):
                self._column.addWidget(box)

    def value(self) -> Rated | None:
        """What was chosen, None if nothing was."""
        level = self.levels.picked_one()
        if not level:
            return None
        if self.evidence is None or level == "x":
            return Rated(competency=self.competency.code, level=level)
        return Rated(
            competency=self.competency.code,
            level=level,
            completeness=self.completeness.value() or "satisfactory",
            evidence=self.evidence.value(),
        )

    def clear(self) -> None:
        """Choose nothing."""
        self.levels.set_value(())
        if self.evidence is not None:
            self.completeness.set_value("satisfactory")
            self.evidence.set_value("")
        self._picked()


class RatingForm(QWidget):
    """All competencies of a framework. `kept` asks to keep what was chosen; `closed` puts it away."""

    kept = Signal()
    closed = Signal()

    def __init__(self, framework: Framework, *, today: Callable[[], date]) -> None:
        super().__init__()
        self.rater = Segment((("mentor", tr("me")), ("self", tr("the mentee")), ("observer", tr("an observer"))))
        self.rater.setAccessibleName(tr("Who rates"))
        day = _FIELDS["day"]
        self.day = EditorBox(day, DayEditor(day, today=today))
        self.day.set_visibility("")
        self.lines: dict[str, CompetencyLine] = {}
        self._problem = text("", "problem", wrap=True)
        column = Column(self, gap=8)
        top = Flow(gap=24, line_gap=10)
        top.addWidget(FieldBox(tr("Who rates"), self.rater))
        top.addWidget(self.day)
        column.addWidget(top)
        self._lines = Column()
        column.addLayout(self._lines)
        column.addWidget(self._problem)
        column.addLayout(self._foot())
        self._problem.hide()
        self.restyle()
        self._left = [(group, one) for group in framework.groups for one in group.competencies]
        self._add_next()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.day.setMinimumWidth(theme.px(250))

    def _add_next(self) -> None:
        """Add a competency; the next one in another turn, so that the window never stands still."""
        group, competency = self._left.pop(0)
        if competency is group.competencies[0]:
            self._lines.addSpacing(8)
            self._lines.addWidget(text(tr(group.name), "section"))
        self._lines.addWidget(hairline())
        line = self.lines[competency.code] = CompetencyLine(competency)
        line.edited.connect(lambda: self.say(""))
        self._lines.addWidget(line)
        if self._left:
            QTimer.singleShot(0, self, self._add_next)

    def _foot(self) -> Line:
        keep, cancel = PrimaryButton(tr("Keep"), short=True), Button(tr("Cancel"))
        keep.clicked.connect(self.kept)
        cancel.clicked.connect(self.closed)
        foot = Line(edges=(0, 8, 0, 0), gap=8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        return foot

    def begin(self, name: str, day: date) -> None:
        """Rate on this day; what was chosen before and not kept is still there."""
        self.rater.chip("self").setText(name)
        self.rater.restyle()
        if self.day.value() is None:
            self.day.set_value(day)

    def value(self) -> tuple[Rated, ...]:
        """What was chosen."""
        return tuple(said for line in self.lines.values() if (said := line.value()))

    def say(self, problem: str) -> None:
        """Say what stands in the way, at the foot."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def clear(self) -> None:
        """Choose nothing."""
        for line in self.lines.values():
            line.clear()
        self.day.set_value(None)
        self.say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def rating_line(rating: CompetencyRating) -> str:
    """What a rating says of how it was seen."""
    limited = tr("does not count: the means were missing") if rating.completeness == "resource_limited" else ""
    return limited or said_choice(rating, "completeness")
