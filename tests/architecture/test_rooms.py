"""What holds for every module: rooms keep to their walls, everything says what it promises, nothing grows beyond reading."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mentorapp.registers import shown

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("mentorapp", "sync", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

LONGER = {
    "mentorapp/store/migrations.py": "steps that are never edited, one after the other",
    "mentorapp/services/sample.py": "mostly the words of the sample people",
    "mentorapp/services/recall.py": "every question a screen asks, in one place to be read beside each other",
    "ui/screens/record/screen.py": "the main job of the program",
    "ui/screens/sync.py": "one page about where every record is",
    "ui/window.py": "the whole frame",
}
"""Modules of more than 400 lines, each with why."""

MOST = 600
"""Nothing is longer than this, whatever the reason."""


def name(path: Path) -> str:
    """A path as it is written in these tables."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(path.read_text("utf-8"))


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 50
    assert callable(shown)


def test_every_room_keeps_to_its_walls() -> None:
    # In a process of its own: it configures logging anew, which would silence the loggers that other tests listen to.
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_and_everything_public_says_what_it_promises(path: Path) -> None:
    module = tree(path)
    bare = [] if ast.get_docstring(module) or not module.body else ["the module"]
    public = [n for n in ast.walk(module) if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
    # A protocol's members are what others promise; the class says it.
    declared = [one for one in public if "Protocol" not in map(ast.unparse, one.bases)]
    for outer in (module, *declared):
        inner = [child for child in outer.body if isinstance(child, ast.FunctionDef | ast.ClassDef)]
        bare += [child.name for child in inner if needs_words(child)]
    assert not bare, f"{name(path)} has no docstring for {', '.join(bare)}"


def needs_words(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether this is public, ours, and says nothing. What Qt or a base class declares says it there."""
    if node.name.startswith("_") or ast.get_docstring(node):
        return False
    if isinstance(node, ast.ClassDef):
        return True
    overrides_qt = re.search("[a-z][A-Z]", node.name)
    stands_in = node.name in INHERITED or any("overload" in ast.unparse(d) for d in node.decorator_list)
    setter = any(ast.unparse(d).endswith(".setter") for d in node.decorator_list)
    return not (overrides_qt or stands_in or setter)


INHERITED = {
    *("plain", "value", "problem", "rule", "home", "words"),  # of a field and of a record
    *("data", "flags", "index", "parent", "paint", "event", "run", "upgrade", "downgrade", "emit", "sizeHint"),
}
"""Methods whose promise is written where they are declared first."""


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_grows_beyond_reading(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MOST
    assert lines <= 400 or name(path) in LONGER, f"{name(path)} has {lines} lines: split it, or say why not"


def test_every_reason_for_a_long_module_is_still_needed() -> None:
    assert set(LONGER) <= {name(path) for path in MODULES}


VAGUE = {"manager", "helper", "helpers", "utils", "util", "common", "misc", "stuff", "base_manager"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_named_after_nothing(path: Path) -> None:
    assert not VAGUE & set(re.split("[_/.]", name(path)))
    classes = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    assert not [one for one in classes if re.search("Manager|Helper|Utils?$", one)]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_failure_is_swallowed_and_nothing_is_printed(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{name(path)}:{node.lineno} catches anything"
            silent = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
            assert not silent, f"{name(path)}:{node.lineno} says nothing; contextlib.suppress says what it lets go"
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) != "print", f"{name(path)}:{node.lineno} prints"


FROZEN = [
    ROOT / "mentorapp/store/migrations.py",
    *sorted((ROOT / "sync/server/migrations/versions").glob("v*.py")),
]


@pytest.mark.parametrize("path", FROZEN, ids=name)
def test_migrations_import_nothing_of_ours(path: Path) -> None:
    allowed = {"sqlite_utils", "sqlalchemy", "alembic", "typing", "collections", "__future__"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            roots = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            assert {root.split(".")[0] for root in roots} <= allowed
            assert not (isinstance(node, ast.ImportFrom) and node.level)


@pytest.mark.parametrize("package", sorted({path.parent for path in MODULES}), ids=name)
def test_every_folder_of_modules_ships(package: Path) -> None:
    assert (package / "__init__.py").exists(), "without it the folder is left out of what is installed"
