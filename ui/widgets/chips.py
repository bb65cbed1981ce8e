"""Choices shown all at once: chips (one or several may be on) and segments (exactly one is on). Arrow keys move between them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import theme
from ui.widgets.flow import Flow


class Chips(Flow):
    """Toggle chips for `options`, pairs of (key, words).

    `exclusive`: at most one is on; `required`: and never none. `picked` carries the key of the chip a person changed. The whole group is
    one stop of the Tab key; arrows move inside it and, when exactly one must be on, choose as they move.
    """

    picked = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]] = (),
        *,
        exclusive: bool = True,
        required: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._exclusive, self._required = exclusive, required
        self._chips: dict[str, QPushButton] = {}
        self.setAccessibleName(name)
        self.set_options(options)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer other choices; what is on stays on if it is still offered."""
        on = self.value()
        for chip in self._chips.values():
            chip.deleteLater()
            self.removeWidget(chip)
        self._chips = {key: self._make(key, words) for key, words in options}
        self.restyle()
        self.set_value(on)

    def restyle(self) -> None:
        """Measure again in the theme in use. A chip is as wide as when it is on, so that nothing moves as one chooses."""
        measure = QFontMetrics(theme.font("body", 600))
        for chip in self._chips.values():
            chip.setMinimumWidth(measure.horizontalAdvance(chip.text().replace("&&", "&")) + 2 * theme.px(12) + 4)
        super().restyle()

    def _make(self, key: str, words: str) -> QPushButton:
        chip = QPushButton(words.replace("&", "&&"), self)
        chip.setCheckable(True)
        # One of several is announced as such, not as a box that may be ticked.
        chip.setAutoExclusive(self._exclusive and self._required)
        chip.setProperty("kind", "chip")
        chip.setProperty("ring", 16)
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        chip.installEventFilter(self)
        chip.clicked.connect(lambda on, key=key: self._clicked(key, on))
        self.addWidget(chip)
        return chip

    def value(self) -> tuple[str, ...]:
        """The keys that are on, in the order offered."""
        return tuple(key for key, chip in self._chips.items() if chip.isChecked())

    def offered(self) -> tuple[str, ...]:
        """The keys that are offered."""
        return tuple(self._chips)

    def picked_one(self) -> str:
        """The key that is on, or ''."""
        return next(iter(self.value()), "")

    def set_value(self, keys: Sequence[str] | str) -> None:
        """Turn these on and the others off, without a signal."""
        wanted = (keys,) if isinstance(keys, str) else tuple(keys)
        for key, chip in self._chips.items():
            chip.setChecked(key in wanted)
        self._keep_one_stop()

    def chip(self, key: str) -> QPushButton:
        """The chip of a key."""
        return self._chips[key]

    def _clicked(self, key: str, on: bool) -> None:
        if self._exclusive:
            for other, chip in self._chips.items():
                chip.setChecked(other == key and (on or self._required))
        self._keep_one_stop(self._chips[key])
        self.picked.emit(key)

    def _keep_one_stop(self, stop: QPushButton | None = None) -> None:
        chips = list(self._chips.values())
        offered = [chip for chip in chips if not chip.isHidden()] or chips
        stop = stop or next((chip for chip in chips if chip.isChecked()), offered[0] if offered else None)
        for chip in chips:
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chip is stop else Qt.FocusPolicy.ClickFocus)
        if stop is not None:
            self.setFocusProxy(stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move between chips with the arrow keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QPushButton):
            step = self._step(event.key())
            if step:
                self._move(watched, step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                watched.click()
                return True
        return super().eventFilter(watched, event)

    def _step(self, key: int) -> int:
        forward = -1 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 1
        return {
            Qt.Key.Key_Right.value: forward,
            Qt.Key.Key_Left.value: -forward,
            Qt.Key.Key_Down.value: 1,
            Qt.Key.Key_Up.value: -1,
        }.get(int(key), 0)

    def _move(self, chip: QPushButton, step: int) -> None:
        # What is folded away cannot hold the keyboard.
        chips = [each for each in self._chips.values() if not each.isHidden()]
        target = chips[(chips.index(chip) + step) % len(chips)]
        self._keep_one_stop(target)
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if self._exclusive and self._required and not target.isChecked():
            target.click()


class Segment(Chips):
    """One of a few, exactly one on: Month | Week | List."""

    def __init__(
        self, options: Sequence[tuple[str, str]] = (), *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(options, exclusive=True, required=True, name=name, parent=parent)
        if options:
            self.set_value(options[0][0])
