"""Every weight, threshold and limit of look-up, with its unit, its origin and the test that holds it.

Origin, unless an entry says otherwise: set by hand on the development set of `tests.bench.lookup` (48,057 titles of the
ACL Anthology, 32 classes of queries, up to 400 of each), so that no class lost recall. Held, unless an entry says
otherwise, by `tests/lookup/test_scoring.py` (scores), `test_candidates.py` (what is read and ranked) and
`test_resolve.py` (decisions), which assert what happens on both sides of each value; and in CI by the floors of
`tests.check_figures` for `tests.bench.lookup` and `tests.bench.resolve`. What concerns names and queries by author was
set on `tests.bench.namesakes` too, and is held by its floors, `test_names.py` and `test_author_title.py`.

"Score" is that of a hit, "quality" that of one matched word; both are in 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# Queries

MAX_QUERY = 400
"""Characters of a query that are read. A choice of Discord's has at most 100; the longest title on arXiv has 250."""
MAX_WORDS = 24
"""Words of a query that are searched for."""
MIN_HITS = 25
"""Hits that are ranked even if fewer are wanted, so that the first ones do not depend on how many are wanted.

25 is what Discord's autocomplete shows.
"""

# Scores of whole texts

EXACT, ACRONYM, PREFIX, SIMILAR = 1.0, 0.99, 0.98, 0.97
"""Scores of a text that equals the query, has it as its acronym, starts with it; and the most that any other can have.

Only their order matters, and that they are 0.01 apart, because hits are ordered by scores rounded to 0.01.
"""
ACRONYM_MISSPELT = 0.96
"""Score of a title whose acronym is one or two edits from the query."""
PREFIX_ERROR, WHOLE_ERROR = 0.02, 0.01
"""Taken off `SIMILAR` for each typing error in a prefix, and in a whole text."""
SPELT_OTHERWISE = 0.01
"""Taken off the score of a name of which a word is spelt otherwise (`Mueller` for `Muller`): as much as an error."""
PREFIX_ERROR_LETTERS = (4, 12)
"""Letters of a query from which a prefix may have one error, and two."""

MATCHED_SHARE, COVERED_SHARE, STRING_SHARE = 0.62, 0.12, 0.26
"""Shares in the score, which add up to 1: matched words of the query by weight, letters of the text that they cover,
and similarity of the whole strings."""
TOKEN_SORT_FACTOR, PARTIAL_FACTOR = 0.95, 0.9
"""Factors of string similarity with words sorted, and with the best matching part of a longer title."""
PARTIAL_MAX_LENGTH = 0.8
"""Length of the query relative to the title, below which the best matching part counts."""

# Qualities of matched words

JOINED_QUALITY = 0.98
"""Two or three words typed as one, or one as two or three."""
COMPLETION_QUALITY, COMPLETION_LENGTH_SHARE = 0.75, 0.2
"""Quality of a word cut short, and what is added in proportion to the share of letters that was typed."""
NAME_INITIAL_QUALITY, TITLE_INITIAL_QUALITY = 0.95, 0.4
"""A single letter for a word that starts with it, in a name and in a title."""
FULL_NAME_FOR_INITIAL_QUALITY = 0.65
"""A name typed in full for an initial, which may stand for any other name too."""
SPELT_OTHERWISE_QUALITY = 0.94
"""A word of a name for one with the same `spelling_key`: below `NAME_QUALITY`, because it may be another name."""
SUBSTRING_QUALITY, SUBSTRING_LETTERS = 0.7, 5
"""A word for one that contains it, and the letters that it needs."""
MISSPELT_COMPLETION_QUALITY, MISSPELT_COMPLETION_LETTERS = 0.6, 4
"""A word cut short with one typing error, and the letters that it needs."""
ERROR_COST = 1.2
"""Quality that an edit takes off, in units of the share of letters that it changes."""
WORD_ERROR_LETTERS = (2, 5, 9)
"""Letters of a word from which it may have one error, two, and three."""
NAME_QUALITY = 0.95
"""Quality that all words need for a name to score at least `SIMILAR`: initials are good enough, errors are not."""

# Weights of words

MIN_COLLECTION = 10_000
"""Texts that a collection is taken to have at least, so that weights in a small store are like those in a large one."""
UNKNOWN_WORD_WEIGHT = 6.0
"""Inverse document frequency taken for a word that no text has: that of a word in one of 400 texts."""
FULL_WEIGHT_LETTERS = 5
"""Letters from which a word has its full weight: short ones match by chance."""

# Ranking

ALIGNED, ALIGNED_BATCH = 48, 6
"""Most likely candidates whose words are aligned, and how many at a time."""
FAR_BEHIND = 0.08
"""Once the best of a batch scores less than the best so far by this, the rest is not aligned."""
SURNAME_BOOST = 3
"""Factor on the popularity of a person whose surname is the whole one-word query.

One word is more often a whole surname than the start of a first name: a person may have a third of the papers of
someone whose name starts with it.
"""

# When the cascade ends

EVIDENT = 0.92
"""Score from which a title is evidently meant."""
EVIDENT_LETTERS, EVIDENT_SHORT_HITS = 10, 8
"""Letters up to which a query is too short for one evident hit to end the search, and the hits that it takes then."""
EXPLAINED = 0.7
"""Quality of the worst word from which a text explains the whole query, which ends the search."""
LEADER, LEAD, LEAD_LETTERS = 0.75, 0.15, 25
"""Score of a title, its lead over all others, and letters of the query, from which the search ends too.

Of 16,000 development queries none had another text with such a lead before the right one was found.
"""
MISSPELT_PREFIX_HITS, MISSPELT_PREFIX_LETTERS, UNFINISHED_LETTERS = 5, 12, 30
"""An unfinished query with a typing error is looked for early if fewer texts start with it than the first value for a
query of at most so many letters as the second, or none for one up to the third."""
RESPELL_ALL = 0.85
"""Score of the best hit from which known words are no longer taken for misspelt."""

# Candidate generation. A posting costs about 40 ns to read with SQLite 3.40 on a core of 2.5 GHz.

CANDIDATES = 100
"""Texts ranked at a time, unless more are wanted."""
RARE_POSTINGS = 6_000
"""Postings of rare words that are loaded at a time."""
EXPRESSION_COST, QUERY_COST = 120_000, 400_000
"""Postings read for one expression, about 5 ms, above which its most frequent words are left out; and for one query."""
ALTERNATIVE_COST = 8
"""Alternatives joined by OR that cost as much per posting as reading the posting."""
SKIP_COST = 60
"""Postings that can be read in the time of skipping to a given text."""
FEW_TEXTS = 20
"""Expected number of texts from which no further word is needed."""
MAX_REQUIRED = 6
"""Words that are required at once."""
COOCCURRENCE = 4
"""How many times more often than by chance two words occur in one text: words of a field keep company."""
RARE_WORDS, MORE_POSTINGS = 3, 600
"""Rare words whose postings are read in any case, and postings up to which more words are."""
MIN_SHARE, FULL_SHARE = 0.5, 0.8
"""Share of the largest weight that a candidate needs; and share from which left-out ones mean that many fit alike."""

# Query expansion

ALTERNATIVES = 24
"""Words that one word may stand for in one way."""
SPLITS = 3
"""Places at which one word may be split in two, those with the rarest parts."""
FREQUENT = 0.002
"""Share of texts with a word from which it is taken as spelt right."""
TWO_ERROR_LETTERS = 6
"""Letters from which an unknown word may have two errors."""
FAR_TWO_ERROR_LETTERS = 4
"""The same once nothing better was found."""
JOINED_WEIGHT = 2.0
"""Weight of two words found as one, relative to a word."""
ERROR_WEIGHT = 0.15
"""Weight that an edit takes off an alternative."""
COMPLETION_WEIGHT, SUBSTRING_WEIGHT = 0.9, 0.7
"""Weights of completions and of words that contain the word."""

# Acronyms and similar names

MAX_ACRONYM_WORDS, MAX_ACRONYM_LETTERS = 4, 24
"""Longest query that may be an acronym; the same limits as of the acronyms that are indexed."""
MISSPELT_ACRONYM_LETTERS, TWO_ERROR_ACRONYM_LETTERS = 3, 8
"""Letters from which an acronym may have one error, and two."""
ACRONYM_ALTERNATIVES = 64
"""Spellings of an acronym that are tried."""
SIMILAR_NAME_LETTERS, SIMILAR_NAMES, NEXT_NAMES = 5, (4, 96), (2, 24)
"""Letters from which names of similar letters are compared; bits by which their letter bags may differ, and how many
names are taken, if nothing explains the query; and if something does, so that only what is as near is wanted.

Four bits are two substitutions; see `index/vocabulary.py`.
"""
NEIGHBOUR_LETTERS = 8
"""Letters up to which another name may be meant although one has just the words of the query.

Of 400 Chinese and Korean names turned round with a typing error, in the bench of namesakes, one in 80 is found by this.
"""

# Queries by author, title words and year

MAX_AUTHOR_TITLE_WORDS = 12
"""Words of such a query that are used."""
TITLE_POSTINGS = 30_000
"""Postings of titles that are read for all words, about 2 ms; the rarest words come first."""
PAPERS_OF_A_NAME, PAPERS_ASKED = 2_000, 2_000
"""Papers up to which all by people of a name are read; and papers with the other words that are asked for their authors
if there are more. Either takes about 3 ms at most."""
PEOPLE, PAPERS_OF_PEOPLE = 2_000, 20_000
"""Most popular people for a word, and papers of theirs, that are considered where both are too many."""
AUTHOR_TITLE_RANKED = 300
"""Papers that are ranked."""
AUTHOR_ALTERNATIVES, MISSPELT_NAMES = 8, 24
"""Completions of a name, and completions and spellings of a word of the title, that are tried; and spellings of a name.

A short name has many neighbours: of 400 names with a typing error in the bench of namesakes, 8 spellings held 89 %.
"""
MISSING_WORD, OTHER_YEAR = 0.4, 0.2
"""Taken off `PREFIX` for a word that matches nothing, and for a paper of another year."""
MAX_MISSING_SHARE = 4
"""One word in so many may match nothing."""
YEAR_TOLERANCE = 1
"""Years by which a paper may be off: a preprint is often a year older than the printed paper."""
NAME_ERROR_LETTERS, COMPLETED_LETTERS, TITLE_ERROR_LETTERS = 3, 3, 5
"""Letters from which a name may be misspelt, any word cut short, and a title word misspelt, by one edit."""
SHORT_NAME_WORDS = 3
"""Words of a query from which a name of one letter less may be misspelt (`Zu` for `Zhu`): two others bear it out."""

# Suggestions for unknown words

TWO_ERROR_SUGGESTION_LETTERS = 6
"""Letters from which suggestions may be two edits away."""
SUGGESTIONS = 3
"""Suggestions for one unknown word."""

# Search without an index

FALLBACK_WORDS, FALLBACK_LONGEST = 8, 3
"""Words of a query that are ranked by, and the longest of them that are scanned for."""
FALLBACK_ROWS, FALLBACK_SECONDS = 2_000, 0.5
"""Rows with one of the words, and seconds, after which scanning stops."""

# Decisions

PROBABLE = 0.6
"""Score from which a hit is probably what was meant, give or take some letters; below, it is merely the closest."""
SURE_LEAD = 0.15
"""Lead over the second hit from which the first one is opened without asking."""
GOOD_TITLE = 0.8
"""Score of the best title below which the query may name authors; such queries take longer."""
TWO_ERRORS_SURE_LETTERS = 8
"""Letters from which a word may have two errors and still be beyond doubt: `simcse` is another system than `simsem`."""
MANY_MORE_PAPERS = 2
"""Times as many papers as the person of exactly the name typed has, from which one of a fuller name is offered too."""
OFFERED = 5
"""Hits that are offered for a choice, as many as a page of papers has."""


def errors_allowed(letters: int, thresholds: Sequence[int]) -> int:
    """Number of errors that so many letters may have; the thresholds are those for one error, for two, and so on."""
    return sum(letters >= threshold for threshold in thresholds)


def word_weight(word: str, texts: int, total: int) -> float:
    """Weight of a word that `texts` of `total` texts contain: inverse document frequency (Spärck Jones 1972).

    `texts` is 0 if the frequency is unknown.
    """
    idf = math.log(1 + max(total, MIN_COLLECTION) / (texts + 0.5)) if texts else UNKNOWN_WORD_WEIGHT
    return idf * min(len(word), FULL_WEIGHT_LETTERS) / FULL_WEIGHT_LETTERS


def name_error_letters(query_words: int) -> int:
    """Letters from which a name may have an error in a query of so many words."""
    return NAME_ERROR_LETTERS - (query_words >= SHORT_NAME_WORDS)
