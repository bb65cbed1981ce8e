"""What every editor is: it gives back exactly the value it was given until a person changes it, and then what she wrote.

So nothing that an editor cannot show (a second of a moment, an answer of a later version) is lost by opening a form and closing it.
"""

from typing import Any, Protocol

from PySide6.QtCore import SignalInstance


class Editor(Protocol):
    """An editor of a field's value. `edited` says that a person changed it; `problem()` why her words cannot be read, or ''."""

    edited: SignalInstance

    def value(self) -> Any:
        """The value as it stands."""

    def set_value(self, value: Any) -> None:
        """Show this value, without a signal."""

    def problem(self) -> str:
        """What to say when what was typed cannot be read as a value."""


class Faithful:
    """The common part of the editors. Each shows a value (`_present`) and reads what was written (`_written`); `_touch` marks an edit."""

    edited: SignalInstance
    _given: Any = None
    _touched: bool = False

    def value(self) -> Any:
        """The value given, or once a person changed something, what she wrote."""
        return self._written() if self._touched else self._given

    def set_value(self, value: Any) -> None:
        """Show this value, without a signal."""
        self._present(value)
        self._given, self._touched = value, False

    def problem(self) -> str:
        """What to say when what was typed cannot be read as a value; most editors cannot be misread."""
        return ""

    def typed(self) -> str:
        """Words that cannot be read as a value yet; kept with a draft and shown again by `set_typed`."""
        return ""

    def _touch(self, *_: object) -> None:
        self._touched = True
        self.edited.emit()

    def _present(self, value: Any) -> None:
        raise NotImplementedError

    def _written(self) -> Any:
        raise NotImplementedError
