"""The Tab key goes through a page as the eye does, also through what was made after the rest.

Qt keeps the order in which widgets were made; what a page adds later (a promise that arrives, a part that is opened) would come last.
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLayout, QScrollArea, QStackedWidget, QWidget

from ui.widgets.flow import Flow


def stops(root: QWidget) -> Iterator[QWidget]:
    """What the Tab key stops at inside a widget, in the order of reading."""
    if not root.isVisible() or not root.isEnabled():
        return
    if root.focusPolicy() & Qt.FocusPolicy.TabFocus and root.focusProxy() is None:
        yield root
    for part in _parts(root):
        yield from stops(part)


def _parts(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QScrollArea):
        if (inside := widget.widget()) is not None:
            yield inside
    elif isinstance(widget, QStackedWidget):
        if (shown := widget.currentWidget()) is not None:
            yield shown
        # What lies over the pages, such as a notice, comes after them.
        yield from (over for over in widget.children() if isinstance(over, QWidget) and widget.indexOf(over) < 0)
    elif isinstance(widget, Flow):
        yield from widget.parts()
    elif (layout := widget.layout()) is not None:
        yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)


def move(page: QWidget, *, forward: bool) -> bool:
    """Go to the next stop after the one that holds the keyboard, or before it; False if there is nowhere to go from here."""
    order = list(stops(page.window()))
    held = QApplication.focusWidget()
    if held is None or len(order) < 2:
        return False
    if held in order:
        at = order.index(held) + (1 if forward else -1)
    else:  # a page that scrolls holds the keyboard: the first or the last thing in it is next
        inside = [at for at, stop in enumerate(order) if held.isAncestorOf(stop)]
        if not inside:
            return False
        at = inside[0 if forward else -1]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    order[at % len(order)].setFocus(reason)
    return True
