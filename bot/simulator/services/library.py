"""Made people and papers, the same for the same seed, as services outside might know them.

All names are made of words that nobody has for a family name, so that nobody is given papers that they did not write.
What is wrong with them is what is wrong in the world: namesakes, profiles that are split or mixed, missing abstracts,
years and citations on which services differ.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as filled
from datetime import date, timedelta
from functools import cached_property

_GIVEN = (
    "Ada Ben Cora Dan Eva Finn Gita Hugo Iris Jan Kaya Lars Mina Nils Olga Piet Qiu Rosa Sven Tara Udo Vera Wei Xenia "
    "Yuki Zeno Anna Bram Chloe Dora Emil Fay Gus Hana Ivo June Kai Lia Max Nora"
).split()
_FAMILY = "Example Sample Specimen Instance Placeholder".split()
_PLACES = "Harbour Meadow Lantern Quarry Orchard Canal Tower Bridge Forest Island".split()
_FIELDS = ("Artificial Intelligence", "Computational Linguistics", "Computer Vision", "Robotics", "Databases")
_ADJECTIVES = "Patient Careful Sparse Faithful Curious Modular Lazy Robust Gentle Layered Frugal Honest".split()
_NOUNS = "Looms Mills Kilns Forges Harbours Gardens Ledgers Compasses Lanterns Weavers Gliders Clocks".split()
_TASKS = "Reading Planning Parsing Retrieval Translation Navigation Summarising Dialogue Tagging Sorting".split()
_VENUES = ("Made Conference on Language", "Made Journal of Learning", "Made Symposium on Vision", "Made Workshop", "")
CATEGORIES = ("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.RO")
_NAMESAKES = {"Ada Example": 3, "Wei Sample": 4, "Max Instance": 2}


@dataclass
class MadePerson:
    """A person; what services have of them may be split over several profiles, or shared with somebody else."""

    number: int
    name: str
    suffix: str
    """By which DBLP tells namesakes apart, such as `0001`; empty where there are none."""
    place: str
    field: str
    first_year: int
    has_orcid: bool
    split: bool = False
    """OpenAlex and Semantic Scholar have two profiles, the second with every fifth paper."""
    mixed_with: int | None = None
    """OpenAlex has this person's papers in the profile of another."""
    papers: list[MadePaper] = filled(default_factory=list)

    @property
    def orcid(self) -> str:
        """With its check digit."""
        digits = f"0009{self.number:011d}"
        total = 0
        for digit in digits:
            total = (total + int(digit)) * 2
        whole = digits + "0123456789X"[(12 - total % 11) % 11]
        return "-".join(whole[at : at + 4] for at in range(0, 16, 4))

    @property
    def pid(self) -> str:
        """DBLP's: namesakes share the first part."""
        first = sum(map(ord, self.name)) % 300
        return f"{first}/{self.number if not self.suffix else 9000}" + (f"-{int(self.suffix)}" if self.suffix else "")

    @property
    def dblp_name(self) -> str:
        """As DBLP has it."""
        return f"{self.name} {self.suffix}".strip()

    def openalex_id(self, part: int = 0) -> str:
        """Of the first or, where it is split, the second profile."""
        number = self.number if self.mixed_with is None else self.mixed_with
        return f"A{5_000_000_000 + number * 10 + part}"

    def s2_id(self, part: int = 0) -> str:
        """Likewise."""
        return str(1_700_000 + self.number * 10 + part)


@dataclass
class MadePaper:
    """A paper. Citations and years are as each service has them; an empty identifier is none."""

    number: int
    title: str
    abstract: str
    authors: list[MadePerson]
    published: date
    venue: str
    arxiv: str = ""
    doi: str = ""
    acl: str = ""
    cited: int = 0

    @property
    def names(self) -> list[str]:
        """The author list."""
        return [person.name for person in self.authors]

    @property
    def openalex_id(self) -> str:
        return f"W{4_000_000_000 + self.number}"

    @property
    def s2_id(self) -> str:
        return f"{self.number:040x}"

    @property
    def dblp_key(self) -> str:
        return f"conf/made/Paper{self.number}"

    @property
    def openreview_id(self) -> str:
        return f"Made{self.number:06d}"

    def year(self, service: str) -> int:
        """Every seventh paper appeared a year after its preprint, by which some services go."""
        return self.published.year + (self.number % 7 == 0 and service in ("crossref", "dblp"))

    def citations(self, service: str) -> int:
        """Semantic Scholar counts more than OpenAlex, and Crossref less."""
        return {"s2": self.cited + self.cited // 5, "crossref": self.cited // 2}.get(service, self.cited)

    def has_abstract(self, service: str) -> bool:
        """Services lack some, and not the same ones."""
        return bool(self.abstract) and not (service == "openalex" and self.number % 4 == 0)


class MadeLibrary:
    """People and papers by number, and the ways in which services find them."""

    def __init__(self, people: Sequence[MadePerson], papers: Sequence[MadePaper]) -> None:
        self.people = list(people)
        self.papers = list(papers)

    @cached_property
    def by_identifier(self) -> dict[str, MadePaper]:
        """Papers by arXiv id, DOI, ACL id, and the ids of services."""
        found: dict[str, MadePaper] = {}
        for paper in self.papers:
            arxiv_doi = f"10.48550/arxiv.{paper.arxiv}" if paper.arxiv else ""
            own = (paper.openalex_id, paper.s2_id, paper.dblp_key, paper.openreview_id)
            for name in (paper.arxiv, arxiv_doi, paper.doi, paper.acl, *own):
                if name:
                    found[name.lower()] = paper
        return found

    def named(self, name: str) -> list[MadePerson]:
        """People whose names have all these words or beginnings of words."""
        wanted = name.lower().split()
        return [one for one in self.people if all(_begins(word, one.name) for word in wanted)]

    def titled(self, title: str, most: int = 5) -> list[MadePaper]:
        """Papers with the most of these words in their titles."""
        wanted = {word.strip('":,.').lower() for word in title.split()}
        scored = [(len(wanted & set(paper.title.lower().split())), paper) for paper in self.papers]
        best = sorted((pair for pair in scored if pair[0] * 2 >= len(wanted)), key=lambda pair: -pair[0])
        return [paper for _, paper in best[:most]]


def make(seed: int = 1, people: int = 200, papers: int = 5_000) -> MadeLibrary:
    """So many people and papers."""
    chance = random.Random(seed)  # noqa: S311
    made = list(_people(chance, people))
    for person in made[10::40]:
        person.split = True
    made[21].mixed_with = made[20].number
    every: list[MadePaper] = []
    for number in range(papers):
        # A few have very many papers, and most have few.
        authors = _team(chance, made)
        every.append(_paper(chance, number, authors))
    for paper in every:
        for person in paper.authors:
            person.papers.append(paper)
    return MadeLibrary([person for person in made if person.papers], every)


def announced(library: MadeLibrary, day: date, count: int = 60) -> list[tuple[MadePaper, str]]:
    """New papers of that day by people of the library, each with its category of arXiv."""
    chance = random.Random(day.toordinal())  # noqa: S311
    first = len(library.papers)
    found: list[tuple[MadePaper, str]] = []
    for number in range(first, first + count):
        made = _paper(chance, number, _team(chance, library.people))
        paper = replace(
            made, published=day, venue="", doi="", acl="", cited=0, arxiv=f"{day:%y%m}.{number + 10_000:05d}"
        )
        found.append((paper, CATEGORIES[number % len(CATEGORIES)]))
    return found


def _people(chance: random.Random, count: int) -> Iterator[MadePerson]:
    names = [name for name, times in _NAMESAKES.items() for _ in range(times)]
    names += [name for f in _FAMILY for g in _GIVEN if (name := f"{g} {f}") not in _NAMESAKES]
    seen: dict[str, int] = {}
    for number, name in enumerate(names[:count]):
        seen[name] = seen.get(name, 0) + 1
        suffix = f"{seen[name]:04d}" if name in _NAMESAKES else ""
        place = f"Made University of {chance.choice(_PLACES)}"
        first = chance.randint(1995, 2020)
        yield MadePerson(number, name, suffix, place, chance.choice(_FIELDS), first, has_orcid=chance.random() < 0.6)


def _team(chance: random.Random, people: Sequence[MadePerson]) -> list[MadePerson]:
    weights = [1 / (1 + person.number % 40) for person in people]
    team: list[MadePerson] = []
    for person in chance.choices(people, weights, k=chance.randint(1, 5)):
        if all(person.name != other.name for other in team):
            team.append(person)
    return team


def _paper(chance: random.Random, number: int, authors: list[MadePerson]) -> MadePaper:
    words = (chance.choice(_ADJECTIVES), chance.choice(_NOUNS), chance.choice(_TASKS))
    title = f"{words[0]} {words[1]} for {words[2]}: Study {number}"
    year = chance.randint(max(person.first_year for person in authors), 2025)
    published = date(year, 1, 1) + timedelta(days=chance.randrange(365))
    abstract = (
        f"{words[2]} with {words[1].lower()} is slow. We present a {words[0].lower()} method for it, study {number}. "
        f"It improves {words[2].lower()} by {chance.randint(1, 30)}.{chance.randint(0, 9)} points on three made sets. "
        "Code is available on request."
    )
    return MadePaper(
        number,
        title,
        abstract if chance.random() < 0.85 else "",
        authors,
        published,
        chance.choice(_VENUES),
        arxiv=f"{published:%y%m}.{number + 10_000:05d}" if published.year >= 2015 and chance.random() < 0.6 else "",
        doi=f"10.5555/made.{number}" if chance.random() < 0.7 else "",
        acl=f"{published.year}.made-main.{number}" if published.year >= 2020 and chance.random() < 0.2 else "",
        cited=int(chance.paretovariate(0.7)) - 1,
    )


def _begins(word: str, name: str) -> bool:
    return any(part.startswith(word) for part in name.lower().split())
