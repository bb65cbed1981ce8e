"""What is known, a line each: what it is, quietly, and beside it what is known of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.boxes import Grid, text

Fact = tuple[str, str]
"""What it is, and what is known of it."""


def fact_row(fact: Fact) -> QWidget:
    """One line of a card; its words can be selected and copied."""
    label, said = fact
    row = QWidget()
    grid = Grid(row, edges=(0, 4, 0, 4), gap=12, shares=(2, 3))
    grid.addWidget(text(label, "caption", wrap=True), 0, 0, Qt.AlignmentFlag.AlignTop)
    value = text(said, "body", wrap=True)
    value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    grid.addWidget(value, 0, 1)
    row.setAccessibleName(f"{label}: {said}")
    return row
