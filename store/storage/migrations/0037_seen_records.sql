-- The records that an import has given so far, until it ends: of what it repeats, the first one stands.
CREATE TABLE seen_records (
    import_id INTEGER NOT NULL, -- a random number of its own
    paper_id  INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    noted     TEXT NOT NULL,
    PRIMARY KEY (import_id, paper_id, source_id)
) STRICT, WITHOUT ROWID;
