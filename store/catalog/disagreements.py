"""On what the sources of a paper differ. All that they say is kept; what only says less is no disagreement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rapidfuzz import fuzz

from store.catalog.person_evidence import may_be_one
from store.catalog.versions import dated_versions, preprint_and_publication, publication_venue
from store.models import Authorship, Claim, Disagreement, PaperRecord, Source
from store.text.arxiv_taxonomy import same_category
from store.text.normalize import fold
from store.text.partial_dates import agree
from store.text.person_names import name_key

ALIKE = 70
"""Per cent of likeness from which two names at one place of two lists are spellings of one, by choice: with letters
left out or exchanged they have 80 and more. Names that share a word are, as after a marriage."""

_SHOWN_FIRST: dict[str, Callable[[PaperRecord], float]] = {
    "venue": lambda r: publication_venue(r) is None,
    "citations": lambda r: -r.source.retrieved.timestamp(),
}
"""The order of records for fields of which the card does not show the value of the best source."""


def disagreements(
    records: Sequence[PaperRecord], corrections: Sequence[PaperRecord], authors: Sequence[Authorship]
) -> tuple[Disagreement, ...]:
    """The fields on which sources differ; of each the claim first that the card shows.

    `records` are sorted by precedence, and `authors` those that the card would show without corrections.
    """
    if len(records) + len(corrections) == 1:
        return ()
    fields: tuple[tuple[str, Callable[[PaperRecord], str | None], Callable[[str, str], bool]], ...] = (
        ("title", lambda r: r.title, lambda a, b: fold(a) == fold(b)),
        ("published", lambda r: r.published, agree),
        ("venue", lambda r: r.venue, lambda a, b: fold(a) == fold(b)),
        ("category", lambda r: r.category, same_category),
        ("citations", lambda r: None if r.citations is None else f"{r.citations:,}", lambda a, b: a == b),
    )
    found = []
    for field, value, same in fields:
        correcting = [r for r in corrections if field in r.corrects]
        if field == "published" and not correcting and all(preprint_and_publication(records)):
            found += _of_versions(records)
            continue
        ordered = sorted(records, key=_SHOWN_FIRST[field]) if field in _SHOWN_FIRST else records
        claims = _claims(((r.source, value(r)) for r in (*correcting, *ordered)), same)
        found += [Disagreement(field=field, claims=claims)] if len(claims) > 1 else []
    return (*found, *_spellings(records, authors))


def _of_versions(records: Sequence[PaperRecord]) -> list[Disagreement]:
    """Where sources differ on the date of the preprint, or of the publication: that the two do is shown on the card."""
    versions = dated_versions(records)
    told = dict(zip(("preprint", "publication"), preprint_and_publication(records), strict=True))
    found = []
    for field, wanted in (("preprinted", "preprint"), ("in_venue", "publication")):
        # A date of no known version is of the one with which it agrees, if of any.
        others = [date for version, date in told.items() if version != wanted and date]
        dated = [
            (r.source, r.published)
            for r, version in versions
            if version == wanted or (version is None and not any(agree(r.published or "", date) for date in others))
        ]
        claims = _claims(sorted(dated, key=lambda pair: not agree(told[wanted] or "", pair[1] or "")), agree)
        found += [Disagreement(field=field, claims=claims)] if len(claims) > 1 else []
    return found


def _spellings(records: Sequence[PaperRecord], authors: Sequence[Authorship]) -> list[Disagreement]:
    """The authors whose names sources spell otherwise: at the same place of lists of the same length.

    Initials and middle names that are left out, and another order of a name's parts, are no other spelling.
    """
    shown = [author.name for author in authors]
    lists = [(r.source, [a.name for a in r.authors]) for r in records if len(r.authors) == len(shown)]
    if all(names == shown for _, names in lists):
        return []
    keys = list(map(name_key, shown))
    known = set(keys)
    differing: set[int] = set()
    folded = [(source, names, list(map(name_key, names))) for source, names in lists]
    for _, _, theirs in folded:
        differing.update(
            place for place, (a, b) in enumerate(zip(keys, theirs, strict=True)) if b not in known and _respelt(a, b)
        )
    return [
        Disagreement(
            field="authors",
            claims=_claims(
                (
                    (source, name)
                    for wanted in (True, False)
                    for source, names, theirs in folded
                    for name, key in [(names[place], theirs[place])]
                    if may_be_one(keys[place], key) is wanted
                    and (wanted or (key not in known and _respelt(keys[place], key)))
                ),
                lambda a, b: may_be_one(name_key(a), name_key(b)),
                shown[place],
            ),
        )
        for place in sorted(differing)
    ]


def _respelt(one: str, other: str) -> bool:
    """Whether a folded name is another spelling of the other, and more than a shorter form of it."""
    if one == other or may_be_one(one, other):
        return False
    return not set(one.split()).isdisjoint(other.split()) or fuzz.ratio(one, other) >= ALIKE


def _claims(
    said: Iterable[tuple[Source, str | None]], same: Callable[[str, str], bool], shown: str | None = None
) -> tuple[Claim, ...]:
    """What was said, by whom; the first with the value as `shown`, where that is given."""
    claims: list[Claim] = []
    for source, value in said:
        if not value:
            continue
        index = next((i for i, claim in enumerate(claims) if same(claim.value, value)), None)
        if index is None:
            claims.append(Claim(value=value if claims or shown is None else shown, source=source))
        else:
            others = (*claims[index].others, source)
            claims[index] = claims[index].model_copy(update={"others": others})
    return tuple(claims)
