-- A source can have the pages of several authors, as when two files have the same name.
ALTER TABLE author_pages RENAME TO author_pages_before;
CREATE TABLE author_pages (
    author_id INTEGER NOT NULL REFERENCES authors (id),
    source_id INTEGER NOT NULL REFERENCES sources (id),
    field     TEXT,
    PRIMARY KEY (author_id, source_id)
) STRICT, WITHOUT ROWID;
INSERT INTO author_pages SELECT author_id, source_id, field FROM author_pages_before;
DROP TABLE author_pages_before;
CREATE INDEX author_pages_by_source ON author_pages (source_id);
