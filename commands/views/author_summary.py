"""The paragraph on an author: sentences of facts, and the papers behind each."""

from __future__ import annotations

from collections.abc import Sequence

from commands.views import markdown
from store.models import Author, Frozen, Handle
from store.profiles.author_profile import AuthorProfile, Work, short_name
from store.profiles.topics import Topic
from store.search.query import Clause, Query, Term
from store.text.partial_dates import PartialDate, in_words

NAMED_COAUTHORS = 2
LEAST_TOGETHER = 2
"""Papers together from which a co-author is named."""
MOSTLY = 0.5
"""The share of the papers that a category has to have for them to be mostly in it."""
_TITLE, _PHRASE, _NAME = 70, 60, 60


class SomePapers(Frozen):
    """Which of an author's papers: those that match a query, those with a co-author; all without either."""

    query: str = ""
    coauthor: Handle | None = None


ALL = SomePapers()


class Fact(Frozen):
    """A fact of the paragraph, in plain words: how many papers it is about, and which."""

    label: str
    papers: int
    which: SomePapers


def paragraph(profile: AuthorProfile, coauthors: Sequence[tuple[Author, int]]) -> str:
    """Who it is and what they work on, in markdown of some 900 characters at most; empty without papers."""
    sentences = [_extent(profile), _together(coauthors), _work(profile)]
    return " ".join(filter(None, sentences))


def facts(profile: AuthorProfile, coauthors: Sequence[tuple[Author, int]]) -> list[Fact]:
    """The facts of the paragraph, in its order, and the other topics; each with the papers that it follows from."""
    found = [
        Fact(label=category, papers=number, which=SomePapers(query=_query(Term(kind="cat", value=category))))
        for category, number in profile.categories
    ]
    found += [
        Fact(label=f"with {who.name}", papers=number, which=SomePapers(coauthor=who.handle))
        for who, number in _named(coauthors)
    ]
    for work in filter(None, (profile.recent, profile.earlier)):
        found += [_of_topic(topic, work.since, work.until) for topic in work.topics]
    known = {fact.which for fact in found}
    facts_of_topics = [_of_topic(topic, profile.topics_since, None) for topic in profile.topics]
    found += [fact for fact in facts_of_topics if fact.which not in known]
    return found


def _extent(profile: AuthorProfile) -> str:
    """How many papers, of which years, and mostly in which categories."""
    if not profile.papers:
        return ""
    years = [one.year for one in profile.years]
    when = " without a date"
    if years:
        when = f" of {years[0]}" if len(years) == 1 else f" from {years[0]} to {years[-1]}"
    undated = f" ({profile.undated:,} of them without a date)" if profile.undated and years else ""
    main = [f"{markdown.safe(code, 30)} ({number:,})" for code, number in profile.categories]
    mostly = profile.categories and profile.categories[0][1] >= MOSTLY * profile.papers
    where = f", mostly in {' and '.join(main)}" if mostly else ""
    return f"{markdown.counted(profile.papers, 'paper')}{when}{undated}{where}."


def _together(coauthors: Sequence[tuple[Author, int]]) -> str:
    named = [f"{markdown.safe(who.name, _NAME)} ({number:,})" for who, number in _named(coauthors)]
    return f"Most often with {' and '.join(named)}." if named else ""


def _named(coauthors: Sequence[tuple[Author, int]]) -> list[tuple[Author, int]]:
    return [one for one in coauthors if one[1] >= LEAST_TOGETHER][:NAMED_COAUTHORS]


def _work(profile: AuthorProfile) -> str:
    """What recent and earlier papers are on."""
    if profile.recent is None:
        return ""
    if profile.earlier is None:
        since = f" since {in_words(profile.recent.since)}" if profile.recent.since else ""
        return f"Their work{since} includes {_topics(profile.recent)}."
    recent, earlier = _topics(profile.recent), _topics(profile.earlier)
    since = in_words(profile.recent.since or "")
    back_to = f" (back to {in_words(profile.earlier.since)})" if profile.earlier.since else ""
    return f"Recent work, since {since}, includes {recent}; before{back_to}, {earlier}."


def _topics(work: Work) -> str:
    """Topics with their numbers of papers, and examples."""
    on = " and ".join(f"**{markdown.safe(one.phrase, _PHRASE)}** ({len(one.papers):,})" for one in work.topics)
    named = [
        markdown.safe(name, 30) if (name := short_name(paper)) else f"“{markdown.safe(paper.title, _TITLE)}”"
        for paper in work.examples
    ]
    return f"{on}, as in {' and '.join(named)}" if named else on


def _of_topic(topic: Topic, since: PartialDate | None, until: PartialDate | None) -> Fact:
    terms = [Term(kind="text", value=spelling, exact=True) for spelling in topic.spellings]
    times = [Term(kind="since", value=since)] if since else []
    times += [Term(kind="until", value=until)] if until else []
    label = topic.phrase + "".join(f", {term.kind} {in_words(term.value)}" for term in times)
    return Fact(label=label, papers=len(topic.papers), which=SomePapers(query=_query(*terms, all_of=times)))


def _query(*any_of: Term, all_of: Sequence[Term] = ()) -> str:
    clauses = [Clause(alternatives=any_of), *(Clause(alternatives=(term,)) for term in all_of)]
    return Query(clauses=tuple(clauses)).canonical()
