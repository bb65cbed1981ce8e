"""Editors of sets and references: a line of tags, and a picker that finds a record by its words as one types."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QPushButton, QSizePolicy, QWidget

from mentorapp.fields import Field, Many, Ref, Text, cleaned
from mentorapp.i18n import tr
from ui import theme
from ui.editors.faithful import Faithful
from ui.widgets import Flow, LineInput


class Tag(QPushButton):
    """A word that can be taken out again."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words.replace("&", "&&"), parent)
        self.setProperty("kind", "chip")
        self.setProperty("ring", 16)
        self.setLayoutDirection(
            Qt.LayoutDirection.LeftToRight if not theme.current().right_to_left else Qt.LayoutDirection.RightToLeft
        )
        self.setAccessibleName(tr("{word}, press to take it out", word=words))
        self.setToolTip(tr("Take out “{word}”", word=words))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.restyle()

    def restyle(self) -> None:
        """Take the icon again in the theme in use."""
        self.setIcon(theme.icon("x", "quiet", 14))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, Backspace and Enter take it out as well."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class _Line(LineInput):
    backed = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.backed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class _Tagged(Faithful, Flow):
    """Tags, then a line to add another."""

    edited = Signal()

    def __init__(self, field: Field, hint: str, parent: QWidget | None = None) -> None:
        Flow.__init__(self, parent)
        self.field = field
        self._given = ()
        self._tags: list[tuple[str, Tag]] = []
        self.line = _Line(hint=hint)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.line.setAccessibleName(tr(field.label))
        self.line.backed.connect(self._take_last)
        self.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.restyle()

    def restyle(self) -> None:
        """Measure again in the theme in use."""
        self.line.setMinimumWidth(theme.px(150))
        Flow.restyle(self)

    def setProperty(self, name: str, value: object) -> bool:
        """What is wrong shows at the line."""
        if name == "wrong":
            self.line.setProperty(name, value)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        return bool(QWidget.setProperty(self, name, value))

    def keys(self) -> tuple[str, ...]:
        """What the tags stand for."""
        return tuple(key for key, _ in self._tags)

    def _put(self, key: str, words: str) -> None:
        tag = Tag(words, self)
        tag.clicked.connect(lambda: self._take_out(key))
        self.insertWidget(len(self._tags), tag)
        self._tags.append((key, tag))
        tag.show()

    def _take_out(self, key: str) -> None:
        for each, tag in self._tags:
            if each == key:
                self.removeWidget(tag)
                tag.hide()
                tag.deleteLater()
        self._tags = [(each, tag) for each, tag in self._tags if each != key]
        self.line.setFocus()
        self._touch()

    def _take_last(self) -> None:
        if self._tags:
            self._take_out(self._tags[-1][0])

    def _clear(self) -> None:
        for _, tag in self._tags:
            self.removeWidget(tag)
            tag.hide()
            tag.deleteLater()
        self._tags = []
        self.line.clear()


class TagsEditor(_Tagged):
    """A set of words. Enter or a comma ends a word; a word not ended yet counts."""

    def __init__(self, field: Many, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(field, hint or tr("Add one, then Enter"), parent)
        self.line.entered.connect(self._end)
        self.line.editingFinished.connect(self._end)
        self.line.textEdited.connect(self._typed)

    def _typed(self, words: str) -> None:
        if words.endswith((",", "،", ";")):
            self.line.setText(words[:-1])
            self._end()
        else:
            self._touch()

    def _end(self) -> None:
        words = cleaned(self.line.text()).strip()
        self.line.clear()
        if words and words not in self.keys():
            self._put(words, words)
            self._touch()

    def _present(self, value: tuple[str, ...]) -> None:
        self._clear()
        for words in value:
            self._put(words, words)

    def _written(self) -> tuple[str, ...]:
        pending = cleaned(self.line.text()).strip()
        return tuple(sorted({*self.keys(), *([pending] if pending else [])}))


class _Finder(QCompleter):
    """Offers names that contain what is typed."""

    def __init__(self, line: LineInput) -> None:
        self._names = QStringListModel()
        super().__init__(self._names, line)
        self._names.setParent(self)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setMaxVisibleItems(8)
        line.setCompleter(self)

    def offer(self, names: Sequence[str]) -> None:
        self._names.setStringList(list(names))


def nobody_yet() -> str:
    """What stands for a record that has not arrived."""
    return tr("Something that has not arrived yet")


class PickerEditor(Faithful, LineInput):
    """One record of a kind, found by its words. `set_options` feeds it."""

    edited = Signal()

    def __init__(self, field: Ref, *, hint: str = "", parent: QWidget | None = None) -> None:
        LineInput.__init__(self, hint=hint or tr("Type a name"), parent=parent)
        self.field = field
        self._names: dict[str, str] = {}
        self._finder = _Finder(self)
        self.textEdited.connect(self._touch)
        self._finder.activated.connect(self._touch)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer these (id, words); what is chosen stays."""
        chosen = None if self._touched else self._given
        self._names = dict(options)
        self._finder.offer(list(self._names.values()))
        if chosen is not None:
            self._present(chosen)

    def problem(self) -> str:
        """What to say when nothing is called so."""
        if self._touched and self.text().strip() and self._written() is None:
            return tr("Nothing here is called so. Choose from the list that opens as you type.")
        return ""

    def typed(self) -> str:
        """Words that name nothing yet."""
        return self.text() if self.problem() else ""

    def set_typed(self, words: str) -> None:
        """Show words that name nothing yet."""
        self.setText(words)
        self._touched = True

    def _present(self, value: str | None) -> None:
        self.setText(self._names.get(value, nobody_yet()) if value else "")

    def _written(self) -> str | None:
        return _named(self._names, self.text())


def _named(names: Mapping[str, str], words: str) -> str | None:
    wanted = words.strip().casefold()
    return next((id for id, name in names.items() if name.casefold() == wanted), None) if wanted else None


class PickSeveralEditor(_Tagged):
    """Several records of a kind, each found by its words. `set_options` feeds it."""

    def __init__(self, field: Many, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(field, hint or tr("Type a name"), parent)
        self._names: dict[str, str] = {}
        self._finder = _Finder(self.line)
        # The completer writes its words into the line after saying so: take them out once it has.
        self._finder.activated.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.line.entered.connect(lambda: self._take(self.line.text()))

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer these (id, words); what is chosen stays."""
        chosen = self.keys()
        self._names = dict(options)
        self._finder.offer(list(self._names.values()))
        pending = self.line.text()
        self._clear()
        for key in chosen:
            self._put(key, self._names.get(key, nobody_yet()))
        self.line.setText(pending)

    def problem(self) -> str:
        """What to say when nothing is called so."""
        if self.line.text().strip():
            return tr("Nothing here is called so. Choose from the list that opens as you type.")
        return ""

    def _take(self, words: str) -> None:
        id = _named(self._names, words)
        if id is None:
            return
        self.line.clear()
        if id not in self.keys():
            self._put(id, self._names[id])
        self._touch()

    def _present(self, value: tuple[str, ...]) -> None:
        self._clear()
        for key in value:
            self._put(key, self._names.get(key, nobody_yet()))

    def _written(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.keys())))


def words_of(field: Many) -> bool:
    """Whether a set is of words."""
    return isinstance(field.of, Text)
