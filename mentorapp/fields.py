"""The vocabulary of a declaration: what an attribute of a record is.

A field knows its words (label, helper), who may read it, how concurrent values merge, its limits, and how its value looks as
a plain one (None, bool, int, str, list or dict of these) for registers and exchanges. It knows no SQL, no widget and no wire.
"""

import dataclasses
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, ClassVar, TypeVar

import msgspec

from mentorapp.errors import UserError
from mentorapp.i18n import N_

T = TypeVar("T")
Plain = None | bool | int | str | list[Any] | dict[str, Any]


class Visibility(IntEnum):
    """Who can read a value, from the narrowest class to the widest; a class can be widened, never narrowed."""

    only_me = 0
    pair = 1
    office = 2
    programme = 3
    public = 4

    @property
    def words(self) -> str:
        """The mark shown beside the field, untranslated."""
        return _WHO_READS[self]


_WHO_READS = {
    Visibility.only_me: N_("Only you"),
    Visibility.pair: N_("Only this pair’s mentors"),
    Visibility.office: N_("Also your office’s coordinators"),
    Visibility.programme: N_("Also the programme, as figures"),
    Visibility.public: N_("Everyone, once published"),
}


class Merge(StrEnum):
    """What is shown when two laptops gave one field different values without knowing of each other."""

    ask = "ask"
    both = "both"
    union = "union"
    latest = "latest"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer of a Choice: the code that is stored and the words that are shown."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """What every kind of field has. `required` is a problem only when finishing, never when keeping a draft."""

    label: str
    visibility: Visibility = Visibility.pair
    merge: Merge | None = None
    helper: str = ""
    required: bool = False

    empty: ClassVar[Any] = None
    usual_merge: ClassVar[Merge] = Merge.ask

    @property
    def rule(self) -> Merge:
        """The merge rule: the declared one, or what is usual for this kind of field."""
        return self.merge or self.usual_merge

    def plain(self, value: Any) -> Plain:
        """The value as a plain one; the empty value is None."""
        plain: Plain = value
        return plain

    def value(self, plain: Plain) -> Any:
        """The value of a plain one. Raises ValueError if it is not of this field's shape."""
        return self.empty if plain is None else plain

    def encode(self, value: Any) -> bytes:
        """The value as MessagePack, the form that registers hold; equal values give equal bytes."""
        return msgspec.msgpack.encode(None if value == self.empty else self.plain(value), order="sorted")

    def decode(self, packed: bytes) -> Any:
        """The value of its MessagePack form. Raises ValueError if it is not of this field's shape."""
        return self.value(msgspec.msgpack.decode(packed))

    def problem(self, value: Any) -> UserError | None:
        """Why this value cannot be saved as it is, or None."""
        return None


def _expect(plain: Plain, *kinds: type) -> Any:
    if not isinstance(plain, kinds) or (isinstance(plain, bool) and bool not in kinds):
        raise ValueError(f"a {type(plain).__name__} where {kinds[0].__name__} belongs")
    return plain


def cleaned(text: str) -> str:
    """The text without what no person can see or type: control characters and broken surrogates."""
    if text.isprintable():
        return unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\r\n", "\n")))


# The categories Cc and Cs but for the tab and the new line, as one pattern: ten megabytes are cleaned in a blink.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Words: one line, or as many as are needed when `long`. `limit` counts characters; `searched` words can be found."""

    long: bool = False
    limit: int = 0
    searched: bool = True
    empty: ClassVar[str] = ""

    @property
    def most(self) -> int:
        """The longest text that can be saved, in characters."""
        return self.limit or (200_000 if self.long else 500)

    @property
    def rule(self) -> Merge:
        """Long text keeps both; a line asks."""
        return self.merge or (Merge.both if self.long else Merge.ask)

    def plain(self, value: str) -> Plain:
        return cleaned(value)

    def value(self, plain: Plain) -> str:
        return "" if plain is None else str(_expect(plain, str))

    def problem(self, value: str) -> UserError | None:
        if len(value) <= self.most:
            return None
        return UserError(
            N_(
                "This text has {length} characters and the most that can be saved is {most}. It is kept as a draft: "
                "shorten it, or attach it as a file."
            ),
            length=len(value),
            most=self.most,
        )


@dataclass(frozen=True, kw_only=True)
class Count(Field):
    """A whole number between `least` and `most`, of `unit`."""

    least: int = 0
    most: int = 1_000_000
    unit: str = ""

    def value(self, plain: Plain) -> int | None:
        return None if plain is None else int(_expect(plain, int))

    def problem(self, value: int | None) -> UserError | None:
        if value is None or self.least <= value <= self.most:
            return None
        return UserError(N_("Give a number from {least} to {most}."), least=self.least, most=self.most)


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A calendar day, from 1900 to 2100: a birth long ago and a plan far ahead both fit."""

    def plain(self, value: date | None) -> Plain:
        return None if value is None else value.isoformat()

    def value(self, plain: Plain) -> date | None:
        return None if plain is None else date.fromisoformat(_expect(plain, str))

    def problem(self, value: date | None) -> UserError | None:
        if value is None or 1900 <= value.year <= 2100:
            return None
        return UserError(N_("Give a date between 1900 and 2100."))


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A point in time, aware, in UTC, to the second."""

    def plain(self, value: datetime | None) -> Plain:
        if value is None:
            return None
        return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"

    def value(self, plain: Plain) -> datetime | None:
        if plain is None:
            return None
        moment = datetime.fromisoformat(_expect(plain, str))
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        try:
            return moment.astimezone(UTC)
        except OverflowError as reason:
            raise ValueError("a moment beyond the calendar") from reason

    def problem(self, value: datetime | None) -> UserError | None:
        if value is None or 1900 <= value.year <= 2100:
            return None
        return UserError(N_("Give a date between 1900 and 2100."))


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of some options. A code that this version does not know is kept as it is."""

    options: tuple[Option, ...]

    def value(self, plain: Plain) -> str | None:
        return None if plain is None else str(_expect(plain, str))

    def words(self, code: str | None) -> str:
        """The label of a code, untranslated; an unknown code stands for itself."""
        return next((o.label for o in self.options if o.code == code), code or "")

    def problem(self, value: str | None) -> UserError | None:
        if value is None or any(o.code == value for o in self.options):
            return None
        return UserError(N_("Choose one of the answers offered."))


@dataclass(frozen=True, kw_only=True)
class Many(Field):
    """A set of what `of` describes (words, choices or references), each once, in the order of their spelling."""

    of: Field
    most: int = 500
    empty: ClassVar[tuple[str, ...]] = ()
    usual_merge: ClassVar[Merge] = Merge.union

    def plain(self, value: tuple[str, ...]) -> Plain:
        return sorted({str(self.of.plain(item)) for item in value}) or None

    def value(self, plain: Plain) -> tuple[str, ...]:
        return () if plain is None else tuple(self.of.value(item) for item in _expect(plain, list))

    def problem(self, value: tuple[str, ...]) -> UserError | None:
        if len(value) > self.most:
            return UserError(N_("Name at most {most}."), most=self.most)
        return next((p for p in map(self.of.problem, value) if p), None)


@dataclass(frozen=True, kw_only=True)
class Ref(Field):
    """The id of a record of kind `to` ("" for any kind). It may point at what has not arrived yet."""

    to: str

    def value(self, plain: Plain) -> str | None:
        return None if plain is None else str(_expect(plain, str))


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """Yes or no; no until somebody says yes."""

    empty: ClassVar[bool] = False

    def value(self, plain: Plain) -> bool:
        return False if plain is None else bool(_expect(plain, bool))


@dataclass(frozen=True, kw_only=True)
class Answers(Field):
    """The answers of a questionnaire by question name, held as one canonical JSON text so that it stays a value."""

    empty: ClassVar[str] = ""

    def plain(self, value: str) -> Plain:
        return json.loads(value) if value else None

    def value(self, plain: Plain) -> str:
        if plain is None:
            return ""
        return json.dumps(_expect(plain, dict), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


KINDS_OF_FIELD: tuple[type[Field], ...] = (Text, Count, Day, Moment, Choice, Many, Ref, Flag, Answers)
"""Every kind of field; each has a face in tables, editors, exports and test strategies."""


def declare(field: Field) -> Any:
    """A dataclass attribute that is this field and starts empty."""
    return dataclasses.field(default=field.empty, metadata={"field": field})


def for_each_kind(work: Callable[[type[Any]], T]) -> Callable[[type[Any]], T]:
    """Work something out once for each class of record."""
    once: Callable[[Any], T] = cache(work)
    return once


@for_each_kind
def fields_of(kind: type[Any]) -> Mapping[str, Field]:
    """The declared fields of a record's class, by name, in the order of declaration."""
    return {f.name: f.metadata["field"] for f in dataclasses.fields(kind) if "field" in f.metadata}


def options(**labels: str) -> tuple[Option, ...]:
    """Options from code=label pairs."""
    return tuple(Option(code=code, label=label) for code, label in labels.items())
