"""Every command of the program, each once. Menus, shortcuts, the search box and the page of shortcuts are made from these."""

from collections.abc import Callable
from typing import Protocol

from mentorapp.i18n import tr
from ui.actions import Command, Commands
from ui.shell import Shell
from ui.window import Place

PLACES = (
    Place("today", "calendar", lambda: tr("Today")),
    Place("mentees", "users", lambda: tr("Mentees")),
    Place("sessions", "message-square", lambda: tr("Sessions")),
    Place("sync", "refresh-cw", lambda: tr("Sync")),
    Place("settings", "settings", lambda: tr("Settings")),
)
"""Where one can go, in the order of the navigation."""


class Deeds(Protocol):
    """What the program does by itself, without a screen."""

    shell: Shell

    def back(self) -> None:
        """Show the screen before this one."""

    def search(self) -> None:
        """Begin to search."""

    def sync_now(self) -> None:
        """Exchange with the office, in the background."""

    def can_sync(self) -> bool:
        """Whether there is an office to exchange with."""

    def fold(self) -> None:
        """Fold the places into pictures, or unfold them."""

    def lock(self) -> None:
        """Close the store until the passphrase is given again."""

    def can_lock(self) -> bool:
        """Whether a passphrase would be asked for."""

    def is_open(self) -> bool:
        """Whether a store is open."""

    def quit(self) -> None:
        """Keep everything and close the window."""

    def change_text_size(self, step: int) -> None:
        """Show text larger or smaller by a step."""

    def toggle_theme(self) -> None:
        """Change from light to dark, or back."""


def add_commands(commands: Commands, deeds: Deeds) -> None:
    """Declare every command."""
    shell = deeds.shell
    for number, place in enumerate(PLACES, 1):
        commands.add(_going(shell, place, f"Ctrl+{number}", deeds.is_open))
    for command in (*_daily(deeds), *_frame(deeds)):
        commands.add(command)


def _going(shell: Shell, place: Place, shortcut: str, is_open: Callable[[], bool]) -> Command:
    return Command(
        key=place.key,
        label=place.label,
        run=lambda: shell.go(place.key),
        icon=place.icon,
        shortcut=shortcut,
        group=lambda: tr("Go to"),
        available=is_open,
    )


def _daily(deeds: Deeds) -> tuple[Command, ...]:
    shell = deeds.shell

    def group() -> str:
        return tr("Every day")

    def command(key: str, label: Callable[[], str], run: Callable[[], object], shortcut: str, icon: str) -> Command:
        return Command(
            key=key, label=label, run=run, shortcut=shortcut, icon=icon, group=group, available=deeds.is_open
        )

    return (
        command("record", lambda: tr("Record a session"), lambda: shell.go("record"), "Ctrl+R", "pencil"),
        command(
            "plan", lambda: tr("Plan a session"), lambda: shell.go("sessions", plan_for=""), "Ctrl+P", "calendar-plus"
        ),
        command("new_mentee", lambda: tr("New mentee"), lambda: shell.go("mentees", new=True), "Ctrl+N", "user-plus"),
        command("reflections", lambda: tr("My reflections"), lambda: shell.go("reflections"), "Ctrl+J", "quote"),
        command("pulse", lambda: tr("How it feels to work together"), lambda: shell.go("pulse"), "", "heart"),
        Command(
            key="import",
            label=lambda: tr("Import from a table or contacts"),
            run=lambda: shell.go("import"),
            icon="upload",
            group=group,
            keywords=lambda: "CSV Excel XLSX vCard",
            available=deeds.is_open,
        ),
        command(
            "new_group", lambda: tr("New mentorship or group"), lambda: shell.go("mentorship", new=True), "", "users"
        ),
        command("groups", lambda: tr("Groups"), lambda: shell.go("mentees", view="groups"), "", "users"),
        command("sites", lambda: tr("Sites"), lambda: shell.go("sites"), "", "map-pin"),
        command("new_site", lambda: tr("New site"), lambda: shell.go("sites", new=True), "", "map-pin"),
        command("twice", lambda: tr("Who is written down twice?"), lambda: shell.go("same"), "", "users"),
        command("search", lambda: tr("Search everything or type a command"), deeds.search, "Ctrl+K", "search"),
        command("found", lambda: tr("Everything found"), lambda: shell.go("search"), "Ctrl+Shift+F", "search"),
        Command(
            key="sync_now",
            label=lambda: tr("Sync now"),
            run=deeds.sync_now,
            shortcut="F5",
            icon="refresh-cw",
            group=group,
            available=deeds.can_sync,
        ),
    )


def _frame(deeds: Deeds) -> tuple[Command, ...]:
    shell = deeds.shell

    def command(key: str, label: Callable[[], str], run: Callable[[], object], shortcut: str, *also: str) -> Command:
        return Command(key=key, label=label, run=run, shortcut=shortcut, also=also, group=lambda: tr("The window"))

    return (
        Command(
            key="back",
            label=lambda: tr("Back to the screen before"),
            run=deeds.back,
            shortcut="Alt+Left",
            group=lambda: tr("Go to"),
            available=deeds.is_open,
        ),
        command("larger", lambda: tr("Larger text"), lambda: deeds.change_text_size(1), "Ctrl++", "Ctrl+="),
        command("smaller", lambda: tr("Smaller text"), lambda: deeds.change_text_size(-1), "Ctrl+-"),
        command("theme", lambda: tr("Dark or light"), deeds.toggle_theme, "Ctrl+Shift+D"),
        command("fold", lambda: tr("Show or hide the words of the places"), deeds.fold, "Ctrl+B"),
        command("shortcuts", lambda: tr("Keyboard shortcuts"), lambda: shell.go("shortcuts"), "F1", "Ctrl+?"),
        Command(
            key="lock",
            label=lambda: tr("Lock"),
            run=deeds.lock,
            shortcut="Ctrl+L",
            icon="lock",
            group=lambda: tr("The window"),
            available=deeds.can_lock,
        ),
        command("quit", lambda: tr("Close Mentor"), deeds.quit, "Ctrl+Q"),
    )
