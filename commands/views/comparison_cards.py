"""Cards of two to four authors, or papers, side by side: each attribute for all of them, and what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commands.addresses import AuthorPage, ChosenPapers, Comparison, PaperAction
from commands.views import markdown
from commands.views.author_cards import figures_of
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView, Picture
from commands.views.paper_text import citation_sources, facts, heading, numbered_sentence, year_span
from store.models import Author, Metric, Paper
from store.profiles.author_profile import AuthorProfile
from store.summaries.sentence_splitter import Sentence
from store.text.normalize import fold

_NAME, _TOPIC = 40, 40
_TOPICS, _SHARED = 4, 6


@dataclass(frozen=True)
class ComparedAuthor:
    """An author beside others."""

    author: Author
    profile: AuthorProfile
    metrics: Sequence[Metric]


@dataclass(frozen=True)
class Together:
    """How many papers two of them wrote together, and where these are shown."""

    author: Author
    other: Author
    papers: int
    where: ChosenPapers


@dataclass(frozen=True)
class ComparedPaper:
    """A paper beside others, and the sentence of its abstract that says best what it does."""

    paper: Paper
    tldr: Sentence | None


def authors(
    shown: Sequence[ComparedAuthor],
    pairs: Sequence[Together],
    coauthors: Sequence[Author],
    chart: Picture | None,
    address: Comparison,
) -> CardView:
    """Authors side by side: papers, categories, figures, topics; and papers and co-authors of several of them."""
    card = Card(NEUTRAL)
    card.text(f"### {' · '.join(_name(one.author) for one in shown)}")
    if chart:
        card.picture(chart)
    on = Counter(fold(topic.phrase) for one in shown for topic in one.profile.topics)
    _attribute(card, "Papers", shown, _papers_of)
    _attribute(card, "In", shown, lambda one: " · ".join(_counted(*category) for category in one.profile.categories))
    _attribute(card, "Figures", shown, lambda one: figures_of(one.metrics))
    _attribute(card, "Topics", shown, lambda one: _topics(one.profile, on))
    together = [f"{_name(one.author)} and {_name(one.other)}: **{one.papers:,}**" for one in pairs if one.papers]
    card.text("**Papers together**\n" + ("\n".join(together) or "none here"))
    named = [markdown.safe(one.name, _NAME) for one in coauthors]
    card.text(f"**Co-authors of all**\n{markdown.first_of(named, _SHARED) or 'none here'}")
    card.buttons([ButtonSpec(one.author.name, AuthorPage(one.author.handle).opened_from(address)) for one in shown])
    card.cards(
        "What they wrote together",
        [
            (f"{one.author.name} and {one.other.name}", one.where.opened_from(address), _papers(one.papers))
            for one in pairs
            if one.papers
        ],
    )
    return card.view(address)


def papers(shown: Sequence[ComparedPaper], phrases: Sequence[str], address: Comparison) -> CardView:
    """Papers side by side: facts, authors, a sentence; and the authors and phrases that all of them have."""
    card = Card(NEUTRAL, reserve=300)
    listed = [one.paper for one in shown]
    for number, one in enumerate(shown, 1):
        sentence = f"\n> {numbered_sentence(one.tldr, 400)}" if one.tldr else ""
        card.text(f"**{number}.** **{heading(one.paper, 200)}**\n-# {facts(one.paper)}{sentence}")
    card.text(f"**Authors of all**\n{markdown.first_of(_shared_authors(listed), _SHARED) or 'none'}")
    said = [markdown.safe(phrase, _TOPIC) for phrase in phrases]
    card.text(f"**Said by all**\n{markdown.first_of(said, _SHARED) or 'no phrase'}")
    card.numbers([PaperAction("open", one.handle).opened_from(address) for one in listed])
    card.text(citation_sources(listed), final=True)
    return card.view(address)


def _attribute(card: Card, title: str, shown: Sequence[ComparedAuthor], value: Callable[[ComparedAuthor], str]) -> None:
    lines = [f"{_name(one.author)}: {value(one) or 'not known'}" for one in shown]
    card.text("\n".join([f"**{title}**", *lines]))


def _papers_of(one: ComparedAuthor) -> str:
    years = year_span([year.year for year in one.profile.years])
    return ", ".join(filter(None, (f"**{one.profile.papers:,}**", years)))


def _topics(profile: AuthorProfile, of_how_many: Counter[str]) -> str:
    """Topics with those in bold that another of the authors has, too."""
    found = []
    for topic in profile.topics:
        text = _counted(topic.phrase, len(topic.papers))
        found.append(f"**{text}**" if of_how_many[fold(topic.phrase)] > 1 else text)
    return markdown.first_of(found, _TOPICS)


def _shared_authors(listed: Sequence[Paper]) -> list[str]:
    first, *others = [{fold(one.name): one.name for one in paper.authors} for paper in listed]
    return [markdown.safe(name, _NAME) for key, name in first.items() if all(key in other for other in others)]


def _counted(text: str, number: int) -> str:
    return f"{markdown.safe(text, _TOPIC)} ({number:,})"


def _papers(number: int) -> str:
    return markdown.counted(number, "paper")


def _name(who: Author) -> str:
    return markdown.safe(who.name, _NAME)
