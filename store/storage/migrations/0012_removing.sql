-- Papers that whoever runs Lectern has removed: none of their sources brings them back, and the removal can be undone.
CREATE TABLE removed_papers (
    handle   TEXT PRIMARY KEY,
    paper_id INTEGER NOT NULL, -- it is not given again
    removed  TEXT NOT NULL,
    before   TEXT NOT NULL -- JSON: the paper with all that belonged to it
) STRICT, WITHOUT ROWID;

-- By what they are recognised, as `identifiers` does for papers that are there.
CREATE TABLE removed_keys (
    scheme TEXT NOT NULL,
    value  TEXT NOT NULL,
    handle TEXT NOT NULL REFERENCES removed_papers (handle) ON DELETE CASCADE,
    PRIMARY KEY (scheme, value, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX removed_keys_by_paper ON removed_keys (handle);

-- Each time that somebody hands papers over is an addition of its own, which they can take back. What earlier additions
-- and other people said stays. `addition` is its moment in microseconds, 0 for those before additions were told apart.
ALTER TABLE own_records RENAME TO former_own_records;
CREATE TABLE own_records (
    owner     INTEGER NOT NULL,
    handle    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    addition  INTEGER NOT NULL,
    retrieved TEXT NOT NULL,
    body      TEXT NOT NULL, -- PaperRecord as JSON, without its source
    added_by  INTEGER NOT NULL, -- a person
    PRIMARY KEY (owner, handle, kind, name, addition)
) STRICT, WITHOUT ROWID;
INSERT INTO own_records SELECT owner, handle, kind, name, 0, retrieved, body, added_by FROM former_own_records;
DROP TABLE former_own_records;
CREATE INDEX own_records_by_addition ON own_records (owner, addition);

ALTER TABLE own_figures RENAME TO former_own_figures;
CREATE TABLE own_figures (
    owner     INTEGER NOT NULL,
    author    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    metric    TEXT NOT NULL,
    addition  INTEGER NOT NULL,
    retrieved TEXT NOT NULL,
    value     REAL NOT NULL,
    added_by  INTEGER NOT NULL, -- a person; 0 where that is not known
    PRIMARY KEY (owner, author, kind, name, metric, addition)
) STRICT, WITHOUT ROWID;
INSERT INTO own_figures SELECT owner, author, kind, name, metric, 0, retrieved, value, 0 FROM former_own_figures;
DROP TABLE former_own_figures;
