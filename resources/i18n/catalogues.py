"""Gathers the program's sentences, and those of its resources, into catalogues, and compiles those for use. Run by `make i18n` and before every start.

catalogues.py gather    collect sentences from the sources, merge them into every language's .po
catalogues.py compile   make the .mo files that are missing or older than their .po
"""

import os
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROOMS = ("mentorapp", "sync/client", "ui")
TEXTS = ("frameworks", "prompts")
"""Folders of resources whose texts a person sees."""
CODES = {"code", "version", "when"}
"""Keys in them whose values no person sees."""
KEYWORDS = {"tr": None, "N_": None, "ntr": (1, 2), "ptr": ((1, "c"), 2)}
PROJECT = "Mentor"
DATED = ('"POT-', '"PO-', '"Generated-By', '"Report-', '"Last-', '"Language-Team', '"Project-Id')


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(folder.parent.name for folder in HERE.glob("*/LC_MESSAGES"))


def po_of(language: str) -> Path:
    """The catalogue of a language, as its translator writes it."""
    return HERE / language / "LC_MESSAGES" / "mentor.po"


def gathered() -> Catalog:
    """Every sentence that the sources mark, with where it stands."""
    template = Catalog(project=PROJECT, charset="utf-8", header_comment=f"# Sentences of {PROJECT}.")
    for room in ROOMS:
        found = extract_from_dir(
            ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("for translators:",)
        )
        for file, _line, message, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
            template.add(message, None, [(f"{room}/{file}", None)], auto_comments=comments, context=context)
    for folder in TEXTS:
        for file in sorted((HERE.parent / folder).glob("*.toml")):
            for message in texts(tomllib.loads(file.read_text("utf-8"))):
                template.add(message, None, [(f"resources/{folder}/{file.name}", None)])
    return template


def texts(part: object, key: str = "") -> Iterator[str]:
    """Every text in a table of a resource that a person sees."""
    if isinstance(part, str):
        if key not in CODES:
            yield part
    elif isinstance(part, dict):
        for name, each in part.items():
            yield from texts(each, name)
    elif isinstance(part, list):
        for each in part:
            yield from texts(each, key)


def read(language: str) -> Catalog:
    """A language's catalogue."""
    with po_of(language).open("rb") as file:
        return read_po(file, locale=language)


def merged(language: str, template: Catalog) -> Catalog:
    """A language's catalogue with every sentence of the template; what is no longer said is dropped."""
    catalogue = read(language) if po_of(language).exists() else Catalog(locale=language)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def rendered(language: str, catalogue: Catalog) -> str:
    """A catalogue as its .po says it: nothing in it changes by the hour, so that two of them can be compared."""
    catalogue.header_comment, catalogue.fuzzy = f"# Sentences of {PROJECT}: {language}.", False
    catalogue.project, catalogue.version = PROJECT, ""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=False)
    return "\n".join(line for line in buffer.getvalue().decode().split("\n") if not line.startswith(DATED))


def write(language: str, catalogue: Catalog) -> None:
    """Keep a language's catalogue."""
    po_of(language).write_text(rendered(language, catalogue), "utf-8")


def gather() -> None:
    """Bring every language's catalogue up to date with the sources."""
    template = gathered()
    for language in languages():
        write(language, merged(language, template))


def compile_all() -> None:
    """Make each .mo that is missing or older than its .po."""
    for language in languages():
        po = po_of(language)
        mo = po.with_suffix(".mo")
        if po.exists() and (not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns):
            # Put in place whole: a program that starts meanwhile never reads half of it.
            half = mo.with_suffix(f".{os.getpid()}")
            with half.open("wb") as file:
                write_mo(file, read(language))
            half.replace(mo)


if __name__ == "__main__":
    {"gather": gather, "compile": compile_all}[sys.argv[1]]()
