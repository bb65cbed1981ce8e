"""Where things are, in a source checkout and in the frozen program alike."""

import os
import sys
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("Mentor", appauthor=False, roaming=False)


def data() -> Path:
    """The folder that holds the store; `MENTOR_HOME` overrides it (a stick, a second laptop in a demonstration)."""
    home = os.environ.get("MENTOR_HOME")
    return Path(home) if home else Path(_DIRS.user_data_dir)


def log() -> Path:
    """The folder of the log files."""
    home = os.environ.get("MENTOR_HOME")
    return Path(home) / "log" if home else Path(_DIRS.user_log_dir)


def config() -> Path:
    """The folder of this device's settings."""
    home = os.environ.get("MENTOR_HOME")
    return Path(home) if home else Path(_DIRS.user_config_dir)


def resources() -> Path:
    """The folder of icons, fonts, style and catalogues that ship with the program."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return root / "resources"
