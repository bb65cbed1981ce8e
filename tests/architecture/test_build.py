"""What the program reads at run time is in the folder that is built, and what a laptop never needs is not."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "build.spec").read_text("utf-8")
NEVER_READ = {".po", ".py", ".pyc", ".md"}
"""Sources of catalogues, and words for whoever works on the program."""


def _assigned(name: str) -> object:
    for node in ast.walk(ast.parse(SPEC)):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return ast.literal_eval(node.value)
    raise AssertionError(f"build.spec names no {name}")


def test_every_resource_that_is_read_is_bundled() -> None:
    wanted = _assigned("wanted")
    assert isinstance(wanted, tuple)
    files = [file for file in (ROOT / "resources").rglob("*") if file.is_file() and file.name != "LICENSE"]
    left_out = {file.suffix for file in files} - set(wanted) - NEVER_READ
    assert left_out == set()


def test_the_server_and_the_developers_packages_are_left_out() -> None:
    left_out = {*_assigned("SERVER_ONLY"), *_assigned("DEVELOPERS_ONLY")}  # type: ignore[misc]
    assert {"sync.server", "sqlalchemy", "starlette", "pytest", "hypothesis"} <= left_out
