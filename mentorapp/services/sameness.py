"""Who is the same person as whom: each person stands for exactly one, wherever somebody is named or listed.

A merge writes one field, `same_as`, of the person who is taken together with another; nothing that refers to either is rewritten, so that
taking apart gives back just what was. The same links give the same one person on every laptop, in whatever order they arrived; chains
and circles (two laptops merged the same two at once, each the other way round) end at one person, and nothing ever goes round.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mentorapp.services.workspace import Workspace


@dataclass(frozen=True)
class Same:
    """Who stands for whom. `ends` names the one person for each who is taken together with her, and nobody else."""

    ends: Mapping[str, str]

    def one(self, person: str) -> str:
        """The person who stands for this one, most often the same."""
        return self.ends.get(person, person)

    def each_once(self, people: Iterable[str]) -> tuple[str, ...]:
        """These people, each once, in the order given."""
        return tuple(dict.fromkeys(map(self.one, people)))

    def all_of(self, person: str) -> tuple[str, ...]:
        """Every id that means this person, the one that stands for all first."""
        kept = self.one(person)
        return (kept, *sorted(id for id, end in self.ends.items() if end == kept))


def one_person(links: Mapping[str, str], living: Collection[str]) -> dict[str, str]:
    """For each person whom another stands for, that other.

    Following the links ends at somebody with no link, or in a circle. Who stands for all is the one in sight (arrived, not voided) who is
    nearest to that end, the eldest of several: most often the end itself, and of a circle the eldest of it.
    """
    far: dict[str, tuple[str, int]] = {}
    for start in links:
        path: list[str] = []
        node = start
        while node in links and node not in far and node not in path:
            path.append(node)
            node = links[node]
        if node in path:
            circle = path[path.index(node) :]
            path = path[: path.index(node)]
            far.update((each, (min(circle), 0)) for each in circle)
        end, distance = far.setdefault(node, (node, 0))
        far.update((each, (end, distance + step)) for step, each in enumerate(reversed(path), 1))
    groups: dict[str, list[tuple[bool, int, str]]] = {}
    for each, (end, distance) in far.items():
        groups.setdefault(end, []).append((each not in living, distance, each))
    firsts = {end: min(group)[2] for end, group in groups.items()}
    return {each: firsts[end] for each, (end, _) in far.items() if firsts[end] != each}


def same(workspace: Workspace) -> Same:
    """Who is the same as whom, as this laptop knows it now. One short question while nobody is."""
    links = dict(workspace.store.rows("SELECT id, same_as FROM person WHERE same_as IS NOT NULL"))
    if not links:
        return Same({})
    named = {*links, *links.values()}
    marks = ", ".join("?" * len(named))
    living = {
        id for (id,) in workspace.store.rows(f"SELECT id FROM person WHERE voided = 0 AND id IN ({marks})", named)
    }
    return Same(one_person(links, living))
