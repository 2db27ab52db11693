"""Decides what a query means: one paper or author for sure, one of several, perhaps the closest ones, or nothing.

The only place where scores become decisions. The thresholds are in `scoring`, and `tests.bench.resolve` measures how
often they are right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from store.lookup import Lookup, OwnTexts, ReadAlias, UnknownWord, scoring
from store.lookup.index.fields import FieldName
from store.lookup.reranker import WordPairs
from store.models import Author, Frozen, Handle, Hit
from store.text.normalize import fold, words
from store.text.person_names import is_fuller, name_key


class Sure(Frozen):
    """This paper or author is meant."""

    hit: Hit


class Several(Frozen):
    """Several fit equally well; `namesakes` if they are people of exactly the same name."""

    hits: tuple[Hit, ...]
    namesakes: bool = False


class Closest(Frozen):
    """None fits exactly. If `probable`, the first hit may still be what was meant; otherwise nothing fits.

    `unknown_words` are given only where nothing fits.
    """

    hits: tuple[Hit, ...]
    probable: bool
    unknown_words: tuple[UnknownWord, ...] = ()


class Nothing(Frozen):
    """Nothing is anything like the query."""

    unknown_words: tuple[UnknownWord, ...] = ()


Resolution = Sure | Several | Closest | Nothing

FindNamesakes = Callable[[str], Awaitable[Sequence[Author]]]
"""Finds everybody of exactly this name."""

FindAuthors = Callable[[Sequence[Handle]], Awaitable[Sequence[Author]]]
"""Finds the authors of these handles, with their numbers of papers."""

UniteHits = Callable[[Sequence[Hit]], Awaitable[list[Hit]]]
"""Leaves one hit of each person, where people of several names were said to be one."""


class FoundPapers(NamedTuple):
    """Hits, best first, and whether they match by author and title words instead of by title alone."""

    hits: list[Hit]
    by_author: bool


async def find_papers(
    lookup: Lookup,
    query: str,
    limit: int,
    *,
    recent: Sequence[Handle] = (),
    alias: ReadAlias | None = None,
    own: OwnTexts | None = None,
) -> FoundPapers:
    """Papers by title or, if no title matches well, by author, title words and year.

    `recent`, `alias` and `own` as for `Lookup.titles`.
    """
    hits = await lookup.titles(query, limit, recent=recent, alias=alias, own=own)
    best = hits[0].score if hits else 0.0
    if best < scoring.GOOD_TITLE:
        others = await lookup.by_author_and_title(query, limit, own=own)
        if others and prefers_author(best, others[0].score):
            return FoundPapers(others, by_author=True)
    return FoundPapers(hits, by_author=False)


def prefers_author(title_score: float, author_score: float) -> bool:
    """Whether the best paper by author and title words is shown instead of the best title."""
    return author_score >= scoring.PREFIX or title_score < scoring.PROBABLE


async def resolve_paper(
    lookup: Lookup,
    query: str,
    *,
    recent: Sequence[Handle] = (),
    alias: ReadAlias | None = None,
    own: OwnTexts | None = None,
) -> Resolution:
    """The paper that the query means; `recent`, `alias` and `own` as for `Lookup.titles`."""
    found = await find_papers(lookup, query, scoring.OFFERED, recent=recent, alias=alias, own=own)
    return await _with_unknown_words(lookup, query, "title", decide(query, found.hits), own)


async def resolve_author(
    lookup: Lookup,
    query: str,
    *,
    namesakes: FindNamesakes,
    authors: FindAuthors,
    united: UniteHits,
    recent: Sequence[Handle] = (),
    alias: ReadAlias | None = None,
    own: OwnTexts | None = None,
) -> Resolution:
    """The person that the query means; `recent`, `alias` and `own` as for `Lookup.titles`.

    People of one name cannot be told apart by it, so they are always offered together. Where a fuller name has many
    more papers, such as Noah A. Smith beside Noah Smith, both are offered.
    """
    same_name = await namesakes(query)
    if len(same_name) <= 1:
        hits = await united(await lookup.authors(query, scoring.OFFERED, recent=recent, alias=alias, own=own))
        decision = decide(query, hits)
        if isinstance(decision, Sure) and _differs_both_ways(query, decision.hit):
            decision = Closest(hits=tuple(hits), probable=True)
        if not isinstance(decision, Sure):
            return await _with_unknown_words(lookup, query, "author", decision, own)
        same_name = await namesakes(decision.hit.text)
        if len(same_name) <= 1:
            fuller = [] if decision.hit.taught else await _fuller_names(decision.hit, hits, authors)
            return Several(hits=(decision.hit, *fuller)) if fuller else decision
    hits = [Hit(handle=person.handle, text=person.name, score=scoring.EXACT) for person in same_name]
    return Several(hits=tuple(hits), namesakes=True)


async def _fuller_names(exact: Hit, hits: Sequence[Hit], authors: FindAuthors) -> list[Hit]:
    """The hits whose names are a hit's with more given names, and who have many more papers."""
    name = name_key(exact.text).split()
    fuller = [hit for hit in hits if is_fuller(name_key(hit.text).split(), name)]
    papers = {author.handle: author.papers for author in await authors([exact.handle, *(hit.handle for hit in fuller)])}
    least = scoring.MANY_MORE_PAPERS * papers.get(exact.handle, 0)
    return [hit for hit in fuller if papers.get(hit.handle, 0) >= max(1, least)]


def decide(query: str, hits: Sequence[Hit]) -> Resolution:
    """What hits for a query, best first, amount to; pure, without the unknown words."""
    if not hits:
        return Nothing()
    if _is_sure(query, hits):
        return Sure(hit=hits[0])
    if hits[0].score >= scoring.PREFIX:
        return Several(hits=tuple(hits))
    return Closest(hits=tuple(hits), probable=hits[0].score >= scoring.PROBABLE)


def _is_sure(query: str, hits: Sequence[Hit]) -> bool:
    best, second = hits[0].score, hits[1].score if len(hits) > 1 else 0.0
    leads = second < best - scoring.SURE_LEAD
    # Letters without case belong to another script, whose transliteration is a guess.
    guess = any(unicodedata.category(letter) == "Lo" for letter in query)
    if not guess and [_has_just_the_words(query, hit) for hit in hits[:2]] in ([True], [True, False]):
        # That others are one letter off, or longer, is no reason to ask.
        return True
    if best >= scoring.PREFIX:
        # An exact title or acronym is meant although other titles start with it.
        return leads or second < scoring.ACRONYM <= best
    return best >= scoring.PROBABLE and leads and not guess and _is_plausible(hits[0].matched)


def _differs_both_ways(query: str, hit: Hit) -> bool:
    """Whether a word that was typed stands for nothing in the name, and one of the name for nothing that was typed.

    A middle name too many or too few is no reason to ask.
    """
    typed = {word for word in words(fold(query))[: scoring.MAX_WORDS] if len(word) > 1}
    name = {word for word in words(fold(hit.text)) if len(word) > 1}
    meant = {word for word, _ in hit.matched}, {word for _, word in hit.matched}
    return hit.score < scoring.PREFIX and not typed <= meant[0] and not name <= meant[1]


def _has_just_the_words(query: str, hit: Hit) -> bool:
    """Whether a text has all words of the query and no others, in whatever order."""
    return sorted(fold(query).split()) == sorted(fold(hit.text).split())


def _is_plausible(matched: WordPairs) -> bool:
    """Whether every word may well stand for the one it matched: `simcse` is another system than `simsem`."""
    return all(
        other.startswith(word)
        or (len(matched) > 1 and (word in other or other in word))
        or OSA.distance(word, other) <= (1 if len(word) < scoring.TWO_ERRORS_SURE_LETTERS else 2)
        for word, other in matched
    )


async def _with_unknown_words(
    lookup: Lookup, query: str, field: FieldName, decision: Resolution, own: OwnTexts | None
) -> Resolution:
    if isinstance(decision, Nothing) or (isinstance(decision, Closest) and not decision.probable):
        unknown = tuple(await lookup.unknown_words(query, field, own=own))
        return decision.model_copy(update={"unknown_words": unknown})
    return decision
