"""This device's settings: language, text size, theme. Read before any store is opened, so nothing private is in them."""

import contextlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from mentorapp import paths


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What this device was told. `theme` is `system`, `light`, `dark` or `contrast`; `text_size` is 1.0 to 2.0.

    Of reminders: how many minutes before a session (none: not at all), whether of promises, between which minutes of the day there is
    quiet, and by which digests the ones said last are known. `matchings` says of tables imported before what their columns were, by a
    fingerprint of their headings.
    """

    language: str = ""
    text_size: float = 1.0
    theme: str = "system"
    motion: bool = True
    nav_open: bool = True
    practice: bool = False
    matchings: dict[str, list[str]] = field(default_factory=dict)
    recent_commands: tuple[str, ...] = ()
    remind_before: int | None = 15
    remind_promises: bool = True
    quiet_from: int = 20 * 60
    quiet_until: int = 7 * 60
    reminded: tuple[str, ...] = ()

    @property
    def remind(self) -> bool:
        """Whether anything is reminded of."""
        return self.remind_before is not None or self.remind_promises


def _file() -> Path:
    return paths.config() / "settings.json"


def load() -> Settings:
    """The settings kept on this device; what is missing or unreadable is as it comes."""
    try:
        return msgspec.json.decode(_file().read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def keep(settings: Settings) -> None:
    """Keep the settings. A folder that cannot be written to is no reason to stop working: they last until the program ends."""
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        beside = _file().with_suffix(".new")
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
        os.replace(beside, _file())


def change(settings: Settings, **changes: object) -> Settings:
    """The settings with these changes, kept."""
    changed = replace(settings, **changes)  # type: ignore[arg-type]
    keep(changed)
    return changed
