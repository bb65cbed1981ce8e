"""Every sentence that a person sees passes through here.

Catalogues are gettext's (`resources/i18n/<language>/LC_MESSAGES/mentor.mo`, compiled at build from the .po beside them).
Sentences are whole, with named placeholders. A translation whose placeholders are broken falls back to the source sentence:
a person sees English before she sees a blank or a crash.
"""

import contextlib
import gettext
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache

from mentorapp import paths

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "pt": "Português",
    "es": "Español",
    "sw": "Kiswahili",
    "ar": "العربية",
}
"""The languages offered, by code, each named in itself."""

RIGHT_TO_LEFT = frozenset({"ar"})
"""The codes of languages that mirror the frame."""

_DIGITS = {"ar": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")}
# A number that a message carries as such, in the digits of the language; the screens write theirs with thousands apart.

_state: dict[str, str] = {"language": "en"}
_here: ContextVar[str] = ContextVar("language of this thread", default="")


def N_(message: str) -> str:
    """Mark a sentence for the catalogue without translating it yet."""
    return message


def use(language: str) -> None:
    """Speak this language from now on; one that is not offered falls back to English."""
    _state["language"] = language if language in LANGUAGES else "en"


def language() -> str:
    """The code of the language in use."""
    return _here.get() or _state["language"]


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language within, on this thread alone: for a page that somebody else will read."""
    token = _here.set(language if language in LANGUAGES else "")
    try:
        yield
    finally:
        _here.reset(token)


def right_to_left() -> bool:
    """Whether the language in use reads from right to left."""
    return language() in RIGHT_TO_LEFT


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    folder = paths.resources() / "i18n"
    return gettext.translation("mentor", localedir=folder, languages=[code], fallback=True)


def digits(words: str) -> str:
    """The words with their digits as the language in use writes them."""
    return words.translate(_DIGITS.get(language(), {}))


def _filled(translated: str, source: str, values: dict[str, object]) -> str:
    if not values:
        return translated
    values = {name: digits(str(value)) if type(value) is int else value for name, value in values.items()}
    if right_to_left():
        values = {name: isolated(value) if isinstance(value, str) else value for name, value in values.items()}
    try:
        return translated.format(**values)
    except (LookupError, ValueError):
        return source.format(**values)


def isolated(words: str) -> str:
    """Words set apart (Unicode's FSI and PDI), so that a Latin name keeps its full stop within a sentence read from right to left."""
    return f"\u2068{words}\u2069" if any("A" <= c.upper() <= "Z" for c in words) else words


def tr(message: str, /, **values: object) -> str:
    """The sentence in the language in use, its `{placeholders}` filled from `values`."""
    translated = _catalogue(language()).gettext(message) if message else ""
    return _filled(translated, message, values)


def ntr(one: str, many: str, n: int, /, **values: object) -> str:
    """The sentence for `n` things in the plural form that the language asks for; `{n}` is filled too."""
    translated = _catalogue(language()).ngettext(one, many, n)
    return _filled(translated, one if n == 1 else many, {"n": n, **values})


def ptr(context: str, message: str, /, **values: object) -> str:
    """The sentence where its English needs a context to be translated well."""
    translated = _catalogue(language()).pgettext(context, message)
    return _filled(translated, message, values)


@cache
def in_every_language(message: str) -> tuple[str, ...]:
    """A sentence of the catalogue in each language offered, English first: for reading what others wrote in theirs."""
    return (
        tuple(dict.fromkeys((message, *(_catalogue(code).gettext(message) for code in LANGUAGES)))) if message else ()
    )


def tr_in(code: str, message: str, /, **values: object) -> str:
    """A sentence marked by `N_` in another language than the one in use: for a page that is handed to somebody who reads that one."""
    translated = _catalogue(code).gettext(message) if message else ""
    digits = _DIGITS.get(code, {})
    said = {name: str(value).translate(digits) if type(value) is int else value for name, value in values.items()}
    try:
        return translated.format(**said) if said else translated
    except (LookupError, ValueError):
        return message.format(**said)
