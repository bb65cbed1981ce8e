"""How each screen is made, by its key. Each is imported when it is first shown, so that the start pays for one."""

from collections.abc import Callable
from importlib import import_module

from PySide6.QtWidgets import QWidget

from ui.shell import Shell

BARE = ("first_run", "unlock", "pulse_asking")
"""The screens that are shown without the frame: no store is open, or the laptop is in somebody else's hands."""

MARKED = {
    "mentee": "mentees",
    "same": "mentees",
    "mentorship": "mentees",
    "agreement": "mentees",
    "sites": "mentees",
    "goal": "mentees",
    "promises": "mentees",
    "ratings": "mentees",
    "pulse": "mentees",
    "record": "sessions",
    "file": "mentees",
    "import": "mentees",
    "shortcuts": "settings",
}
"""Which place is marked while a screen is shown that is no place itself."""


def _today(shell: Shell) -> QWidget:
    from ui.screens.today import TodayScreen

    return TodayScreen(shell)


def _mentees(shell: Shell) -> QWidget:
    from ui.screens.mentees import MenteesScreen

    return MenteesScreen(shell)


def _mentee(shell: Shell) -> QWidget:
    from ui.screens.mentee import MenteeScreen

    return MenteeScreen(shell)


def _record(shell: Shell) -> QWidget:
    from ui.screens.record import RecordScreen

    return RecordScreen(shell)


def _file(shell: Shell) -> QWidget:
    from ui.screens.file import FileScreen

    return FileScreen(shell)


def _sessions(shell: Shell) -> QWidget:
    from ui.screens.sessions import SessionsScreen

    return SessionsScreen(shell)


def _search(shell: Shell) -> QWidget:
    from ui.screens.search import SearchScreen

    return SearchScreen(shell)


def _sync(shell: Shell) -> QWidget:
    from ui.screens.sync import SyncScreen

    return SyncScreen(shell)


def _importing(shell: Shell) -> QWidget:
    from ui.screens.importing import ImportScreen

    return ImportScreen(shell)


def _settings(shell: Shell) -> QWidget:
    from ui.screens.settings import SettingsScreen

    return SettingsScreen(shell)


def _goal(shell: Shell) -> QWidget:
    from ui.screens.goal import GoalScreen

    return GoalScreen(shell)


def _promises(shell: Shell) -> QWidget:
    from ui.screens.promises import PromisesScreen

    return PromisesScreen(shell)


def _ratings(shell: Shell) -> QWidget:
    from ui.screens.ratings import RatingsScreen

    return RatingsScreen(shell)


def _pulse(shell: Shell) -> QWidget:
    from ui.screens.pulse import PulseScreen

    return PulseScreen(shell)


def _pulse_asking(shell: Shell) -> QWidget:
    from ui.screens.pulse import AskingScreen

    return AskingScreen(shell)


def _reflections(shell: Shell) -> QWidget:
    from ui.screens.reflections import ReflectionsScreen

    return ReflectionsScreen(shell)


def _first_run(shell: Shell) -> QWidget:
    from ui.screens.first_run import FirstRunScreen

    return FirstRunScreen(shell)


def _unlock(shell: Shell) -> QWidget:
    from ui.screens.unlock import UnlockScreen

    return UnlockScreen(shell)


def _shortcuts(shell: Shell) -> QWidget:
    from ui.screens.shortcuts import ShortcutsScreen

    return ShortcutsScreen(shell)


def _same(shell: Shell) -> QWidget:
    from ui.screens.same import SameScreen

    return SameScreen(shell)


def _mentorship(shell: Shell) -> QWidget:
    from ui.screens.mentorship import MentorshipScreen

    return MentorshipScreen(shell)


def _agreement(shell: Shell) -> QWidget:
    from ui.screens.agreement import AgreementScreen

    return AgreementScreen(shell)


def _sites(shell: Shell) -> QWidget:
    from ui.screens.sites import SitesScreen

    return SitesScreen(shell)


SCREENS: dict[str, Callable[[Shell], QWidget]] = {
    "today": _today,
    "mentees": _mentees,
    "mentee": _mentee,
    "same": _same,
    "mentorship": _mentorship,
    "agreement": _agreement,
    "sites": _sites,
    "record": _record,
    "file": _file,
    "sessions": _sessions,
    "search": _search,
    "sync": _sync,
    "import": _importing,
    "settings": _settings,
    "shortcuts": _shortcuts,
    "goal": _goal,
    "promises": _promises,
    "ratings": _ratings,
    "pulse": _pulse,
    "pulse_asking": _pulse_asking,
    "reflections": _reflections,
    "first_run": _first_run,
    "unlock": _unlock,
}
"""Every screen there is."""

_SOON = ("mentee", "record", "mentees", "sessions", "today")


def load_soon() -> None:
    """Load the code of the screens that are opened every day, while nobody waits for it."""
    for key in _SOON:
        import_module(f"ui.screens.{key}")
