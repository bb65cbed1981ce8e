"""Finds what a person cannot read or reach on a screen as it stands: cut texts, things on top of one another, controls out of the window.

A text may be cut on purpose where the whole is its tool tip (`OneLine`, `TwoLines`), and a page may scroll up and down. Nothing else.
"""

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QStyleOptionButton,
    QTextEdit,
    QToolButton,
    QWidget,
)

from tests.ui.gallery import called, seen
from ui.widgets.boxes import OneLine
from ui.widgets.marks import Avatar, Pill
from ui.widgets.rows import TwoLines
from ui.widgets.status import Toast

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit)
SOLID = (*CONTROLS, QLabel, TwoLines, Pill, Avatar)
"""What a person reads or uses, as against what only holds such things."""
BY = 2
"""Pixels that may be missing or shared without anybody seeing it."""


def found(window: QWidget) -> list[str]:
    """Everything wrong on what the window shows, one line each."""
    wrong: list[str] = []
    for widget in seen(window):
        if widget.window() is not window or not isinstance(widget, SOLID):
            continue
        if problem := _cut(widget):
            wrong.append(f"{called(widget)} {problem}")
        if problem := _outside(widget, window):
            wrong.append(f"{called(widget)} {problem}")
    wrong += [f"{called(one)} is on {called(other)}" for one, other in _overlaps(window)]
    return wrong


# --- texts that have too little room ----------------------------------------------------------------------------------


def _cut(widget: QWidget) -> str:
    if isinstance(widget, OneLine | TwoLines):
        return _elided(widget)
    if isinstance(widget, QLabel):
        return _label(widget)
    if isinstance(widget, QAbstractButton):
        return _button(widget)
    if isinstance(widget, QLineEdit):
        return _placeholder(widget)
    if isinstance(widget, QComboBox | QAbstractSpinBox | Pill):
        return _room(widget, widget.sizeHint().width(), widget.sizeHint().height())
    return ""


def _room(widget: QWidget, width: int, height: int) -> str:
    if width > widget.width() + BY:
        return f"is {width} wide and has {widget.width()}"
    return f"is {height} high and has {widget.height()}" if height > widget.height() + BY else ""


def _elided(widget: OneLine | TwoLines) -> str:
    if widget.sizeHint().height() > widget.height() + BY:
        return f"is {widget.sizeHint().height()} high and has {widget.height()}"
    if widget.sizeHint().width() <= widget.width() + BY or widget.toolTip():
        return ""
    return "is cut and does not say the whole as its tool tip"


def _label(label: QLabel) -> str:
    if not label.text():
        return ""
    if not label.wordWrap():
        return _room(label, label.sizeHint().width(), label.sizeHint().height())
    longest = 0
    if label.textFormat() == Qt.TextFormat.PlainText:
        measure = QFontMetrics(label.font())
        longest = max(measure.horizontalAdvance(word) for word in label.text().split() or [""])
    return _room(label, longest, label.heightForWidth(label.width()))


def _button(button: QAbstractButton) -> str:
    words = button.text()
    pictured = isinstance(button, QToolButton) and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    if not words or pictured or button.toolTip() == words:
        return ""
    if isinstance(button, QPushButton):
        option = QStyleOptionButton()
        button.initStyleOption(option)
        inside = button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button)
        icon = button.iconSize().width() + 4 if not button.icon().isNull() else 0
        lines = words.replace("&&", "&").split("\n")
        need = max(QFontMetrics(button.font()).horizontalAdvance(line) for line in lines) + icon
        return f"needs {need} and has {inside.width()}" if need > inside.width() + BY else ""
    return _room(button, button.minimumSizeHint().width(), button.minimumSizeHint().height())


def _placeholder(field: QLineEdit) -> str:
    hint = field.placeholderText()
    if not hint or field.text() or field.toolTip():
        return ""
    option_room = field.width() - field.textMargins().left() - field.textMargins().right() - 4
    need = QFontMetrics(field.font()).horizontalAdvance(hint)
    return f"needs {need} for its hint and has {option_room}" if need > option_room + BY else ""


# --- things that are not where they can be seen -----------------------------------------------------------------------


def _outside(widget: QWidget, window: QWidget) -> str:
    """Whether a part of it is cut off by what holds it; below the end of a page that scrolls is all right."""
    if widget.width() <= 0 or widget.height() <= 0:
        return "" if isinstance(widget, QLabel) and not widget.text() else "has no room at all"
    where, holder = QRect(QPoint(0, 0), widget.size()), widget
    while holder is not window:
        where.moveTopLeft(holder.mapToParent(where.topLeft()))
        holder = holder.parentWidget()
        area = holder.parentWidget()
        scrolled = isinstance(area, QAbstractScrollArea) and holder is area.viewport()
        if where.left() < -BY or where.right() > holder.width() + BY:
            return (
                f"goes from {where.left()} to {where.right()} and its {type(holder).__name__} is {holder.width()} wide"
            )
        if scrolled:
            where = QRect(holder.rect())
        elif where.top() < -BY or where.bottom() > holder.height() + BY:
            return (
                f"goes from {where.top()} to {where.bottom()} and its {type(holder).__name__} is {holder.height()} high"
            )
    return ""


def _overlaps(window: QWidget) -> Iterator[tuple[QWidget, QWidget]]:
    """Pairs of things that stand on one another though they share a holder."""
    holders = {widget.parentWidget() for widget in seen(window) if isinstance(widget, SOLID)}
    for holder in holders:
        if holder is None or isinstance(holder, (*CONTROLS, QStackedWidget, QScrollArea)):
            continue
        inside = [
            child
            for child in holder.children()
            if isinstance(child, QWidget)
            and child.isVisible()
            and not child.isWindow()
            and not isinstance(child, Toast)
        ]
        for one, other in combinations(inside, 2):
            shared = one.geometry().intersected(other.geometry())
            if shared.width() > BY and shared.height() > BY and _solid(one) and _solid(other):
                yield one, other


def _solid(widget: QWidget) -> bool:
    return isinstance(widget, SOLID) or any(
        isinstance(each, SOLID) and each.isVisible() for each in widget.findChildren(QWidget)
    )
