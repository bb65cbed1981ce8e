"""How a laptop joins an office: the address and the code from a piece of paper, or a file. Talks to nobody; says what was asked for."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentorapp.i18n import tr
from ui.widgets.boxes import Column, Columns, Line, text
from ui.widgets.buttons import PrimaryButton, QuietButton
from ui.widgets.fields import FieldBox, LineInput
from ui.widgets.marks import Bar

SUFFIX = "mentor-enrol"
"""How the name of an enrolment file ends."""


class JoinForm(QWidget):
    """`asked` carries an address and a code, `file_chosen` the path of an enrolment file."""

    asked = Signal(str, str)
    file_chosen = Signal(object)

    def __init__(self, *, address: str = "", code: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = Column(self, gap=12)
        self.address = LineInput(address, hint=tr("https://mentor.example.org"))
        self.code = LineInput(code, hint=tr("K7PX-4M2Q-9RTB"))
        for field in (self.address, self.code):
            # Addresses and codes read from left to right in every language.
            field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            field.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhNoAutoUppercase)
            field.returnPressed.connect(self._ask)
        self._address_box = FieldBox(tr("Address of the office’s server"), self.address)
        self._code_box = FieldBox(tr("Code"), self.code)
        column.addWidget(Columns(self._address_box, self._code_box, shares=(3, 2), gap=12, narrow=420))
        self._problem = text("", "problem", wrap=True)
        self._working = Bar(-1, tr("Joining the office…"))
        column.addWidget(self._problem)
        column.addWidget(self._working)
        line = Line(gap=8)
        self.join = PrimaryButton(tr("Join"), short=True)
        self.join.clicked.connect(self._ask)
        self.file = QuietButton(tr("Open an enrolment file…"), "file-text")
        self.file.clicked.connect(self._choose)
        line.addWidget(self.join)
        line.addWidget(self.file)
        line.addStretch(1)
        column.addLayout(line)
        self.setFocusProxy(self.address)
        self.set_problem("")
        self.set_busy(False)

    def set_problem(self, problem: str) -> None:
        """Say what stands in the way."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def problem(self) -> str:
        """What stands in the way, or ''."""
        return self._problem.text()

    def set_busy(self, busy: bool) -> None:
        """Show that it is under way; nothing can be asked twice meanwhile."""
        self._working.setVisible(busy)
        for part in (self.address, self.code, self.join, self.file):
            part.setEnabled(not busy)

    def _ask(self) -> None:
        address, code = self.address.text().strip(), self.code.text().strip()
        self._address_box.set_problem("" if address else tr("It is on the paper with your code."))
        self._code_box.set_problem("" if code else tr("Your office gives it to you."))
        if not address:
            self.address.setFocus()
        elif not code:
            self.code.setFocus()
        else:
            self.set_problem("")
            self.asked.emit(address, code)

    def _choose(self) -> None:
        kinds = f"{tr('Enrolment files')} (*.{SUFFIX})"
        chosen, _kind = QFileDialog.getOpenFileName(self, tr("Open an enrolment file"), "", kinds)
        if chosen:
            self.set_problem("")
            self.file_chosen.emit(Path(chosen))
