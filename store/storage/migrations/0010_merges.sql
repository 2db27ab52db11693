-- Papers that turned out to be one: by what evidence, and what they were before, so that a merge can be undone.
CREATE TABLE merges (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    merged_at TEXT NOT NULL,
    survivor  TEXT NOT NULL, -- handle
    reason    TEXT NOT NULL, -- JSON: the record that united them, and the evidence for each paper
    before    TEXT NOT NULL, -- JSON: the survivor, then the papers that are gone, with all that belonged to them
    last_id   INTEGER NOT NULL, -- greatest id of a paper that is gone; it is not given again
    undone_at TEXT
) STRICT;
CREATE INDEX merges_by_survivor ON merges (survivor);

-- Records of merged papers in whose place is another of the same source: still, what they say is of the paper.
CREATE TABLE superseded_records (
    paper_id  INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    body      TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    PRIMARY KEY (paper_id, kind, name, body)
) STRICT, WITHOUT ROWID;

-- Papers, by handle, that are not one, whatever a record says: somebody undid their merge.
CREATE TABLE kept_apart (
    one   TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- Matches of papers as they were before the papers turned out to be one.
CREATE TABLE merged_matches (
    gone            TEXT NOT NULL, -- handle of the paper that was merged into the survivor
    survivor        TEXT NOT NULL,
    match_id        INTEGER NOT NULL, -- of the ledger
    handle          TEXT NOT NULL,
    state           TEXT NOT NULL,
    reasons         TEXT NOT NULL,
    matched         TEXT NOT NULL,
    due             TEXT NOT NULL,
    changed         TEXT NOT NULL,
    note            TEXT,
    post_id         INTEGER,
    PRIMARY KEY (gone, survivor, match_id)
) STRICT, WITHOUT ROWID;
