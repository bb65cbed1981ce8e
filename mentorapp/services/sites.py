"""Sites: the places where people are met, how far they are, what they are part of, and who is mentored there."""

from dataclasses import dataclass, replace

from mentorapp.clock import new_id
from mentorapp.errors import UserError
from mentorapp.i18n import N_
from mentorapp.records import Person, Site
from mentorapp.services import people, sameness
from mentorapp.services.workspace import Workspace
from mentorapp.store import Changed


@dataclass(frozen=True, kw_only=True)
class SiteRow:
    """One line of the list of sites: what it is part of by name, and how many people are mentored there."""

    site: Site
    part_of: str
    people: int


@dataclass(frozen=True, kw_only=True)
class SiteView:
    """A site with who is mentored there, as (person, mentorship, name)."""

    site: Site
    part_of: str
    people: tuple[tuple[str, str, str], ...]


_UNDER_WAY = "m.voided = 0 AND m.status IN ('active', 'proposed', 'on_hold')"


def listed(workspace: Workspace) -> list[SiteRow]:
    """Every site by name, those in use first."""
    store, same = workspace.store, sameness.same(workspace)
    there: dict[str, set[str]] = {}
    for site, person in store.rows(
        f"SELECT m.site, j.value FROM mentorship m JOIN json_each(m.mentees) j WHERE m.site IS NOT NULL AND {_UNDER_WAY}"
    ):
        there.setdefault(site, set()).add(same.one(person))
    sites = store.find(Site, order="status IS 'closed', name COLLATE NOCASE")
    names = {site.id: site.name for site in sites}
    return [
        SiteRow(site=site, part_of=names.get(site.parent or "", ""), people=len(there.get(site.id, ())))
        for site in sites
    ]


def view(workspace: Workspace, id: str) -> SiteView:
    """A site with its people. Raises UserError if it is not on this laptop."""
    store, same = workspace.store, sameness.same(workspace)
    site = store.get(Site, id)
    parent = store.seek(Site, site.parent) if site.parent else None
    rows = store.rows(
        f"SELECT j.value, m.id FROM mentorship m JOIN json_each(m.mentees) j WHERE m.site = ? AND {_UNDER_WAY}", (id,)
    )
    found = {same.one(person): mentorship for person, mentorship in rows}
    named = ((person, pair, known.name) for person, pair in found.items() if (known := store.seek(Person, person)))
    return SiteView(
        site=site,
        part_of=parent.name if parent else "",
        people=tuple(sorted(named, key=lambda each: each[2].casefold())),
    )


def add(workspace: Workspace, site: Site) -> tuple[Changed, Site]:
    """A new site. Raises UserError, naming the field, if it has no name or one that another has."""
    site = replace(site, id=site.id or new_id(), name=" ".join(site.name.split()), status="active")
    _refuse(workspace, site)
    return workspace.store.save(site, by=workspace.me, at=workspace.clock.now()), site


def edit(workspace: Workspace, before: Site, after: Site) -> Changed:
    """Keep what changed of a site."""
    after = replace(after, name=" ".join(after.name.split()))
    _refuse(workspace, after)
    return people.edit(workspace, before, after)


def close(workspace: Workspace, site: Site, *, closed: bool = True) -> Changed:
    """The site is used no longer (or again): it is not offered any more, and stays with all that happened there."""
    return people.edit(workspace, site, replace(site, status="closed" if closed else "active"))


def _refuse(workspace: Workspace, site: Site) -> None:
    if not site.name:
        raise _problem("name", N_("Give the site the name that people use for it."))
    other = workspace.store.find(Site, "name = ? COLLATE NOCASE AND id <> ?", (site.name, site.id), limit=1)
    if other:
        raise _problem("name", N_("There is a site of this name already. Add what tells the two apart."))
    above, seen = site.parent, {site.id}
    while above:
        if above in seen:
            raise _problem("parent", N_("A site cannot be part of itself, or of what is part of it."))
        seen.add(above)
        parent = workspace.store.seek(Site, above)
        above = parent.parent if parent else None


def _problem(field: str, words: str) -> UserError:
    error = UserError(words)
    error.values["field"] = field
    return error
