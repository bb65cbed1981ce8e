"""A screen reader of a few lines: what AT-SPI says of the running program, asked over D-Bus as assistive technology asks.

    python3 tests/ui/reader.py PYTHON      (the system's python3, for it needs the module `dbus`; PYTHON runs the program)

Run inside a session bus and a display of its own by `test_for_every_body`, with MENTOR_HOME set to a folder that holds a practice store.
Prints one line of JSON: every role and name in the order of reading, what a press by AT-SPI alone opened, and what was announced.
Imports nothing of the program.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import dbus
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ROOT = Path(__file__).resolve().parents[2]
ACCESSIBLE = "org.a11y.atspi.Accessible"
PATIENCE = 60.0
MOST = 3000


class Node:
    """One thing that assistive technology sees."""

    def __init__(self, bus, owner, path):
        self.bus, self.thing = bus, bus.get_object(owner, path, introspect=False)

    def ask(self, interface, method, *arguments):
        """What it answers, or None if it is gone."""
        try:
            return self.thing.get_dbus_method(method, interface)(*arguments)
        except dbus.DBusException:
            return None

    def name(self):
        """Its name."""
        return str(self.ask("org.freedesktop.DBus.Properties", "Get", ACCESSIBLE, "Name") or "")

    def role(self):
        """What it is, in a word."""
        return str(self.ask(ACCESSIBLE, "GetRoleName") or "")

    def children(self):
        """What it holds."""
        return [Node(self.bus, *pair) for pair in self.ask(ACCESSIBLE, "GetChildren") or ()]


def walk(node):
    """Everything below, in the order of reading."""
    for child in node.children():
        yield child, child.role(), child.name()
        yield from walk(child)


def things(program):
    """Roles and names, up to a limit."""
    return [(role, name) for _, (_, role, name) in zip(range(MOST), walk(program), strict=False)]


def waited(found):
    """The first truth within the time there is."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if answer := found():
            return answer
        turn(0.3)
    return None


def turn(seconds):
    """Let what was announced arrive."""
    loop = GLib.MainLoop()
    GLib.timeout_add(int(seconds * 1000), loop.quit)
    loop.run()


def opened(desktop):
    """The program, once its first screen is there."""
    for each in desktop.children():
        if any("Grace" in name for _, _, name in walk(each)):
            return each
    return None


def pressed(program, kind, starts):
    """Press the first thing of a kind whose name starts so, by AT-SPI alone."""
    for node, role, name in walk(program):
        if role.endswith(kind) and name.startswith(starts):
            return bool(node.ask("org.a11y.atspi.Action", "DoAction", 0))
    return False


def main():
    """Start the program, read it, press two things, say what was found."""
    DBusGMainLoop(set_as_default=True)
    address = dbus.SessionBus().get_object("org.a11y.Bus", "/org/a11y/bus").GetAddress(dbus_interface="org.a11y.Bus")
    bus = dbus.bus.BusConnection(address)
    desktop = Node(bus, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    announced = []
    bus.add_signal_receiver(lambda *said: announced.append(str(said[3])), "Announcement", "org.a11y.atspi.Event.Object")
    desktop_events = bus.get_object("org.a11y.atspi.Registry", "/org/a11y/atspi/registry")
    desktop_events.RegisterEvent(
        "object:announcement", dbus.Array([], "s"), "", dbus_interface="org.a11y.atspi.Registry"
    )
    environment = {**os.environ, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb"}
    program = subprocess.Popen([sys.argv[1], "-m", "ui"], cwd=ROOT, env=environment)
    try:
        found = waited(lambda: opened(desktop))
        said = {"things": things(found) if found else [], "opened": []}
        if found and pressed(found, "check box", "Find the volunteers"):
            waited(lambda: turn(0.3) or announced)
        if found and pressed(found, "button", "Grace A.,"):
            said["opened"] = waited(lambda: [name for _, _, name in walk(found) if "Since we last met" in name]) or []
        sys.stdout.write(json.dumps({**said, "announced": announced}) + "\n")
    finally:
        program.terminate()
        program.wait(20)


if __name__ == "__main__":
    main()
