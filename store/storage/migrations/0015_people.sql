-- A person is not a name: the papers of one name are divided among people, by evidence and by author pages.
ALTER TABLE authorships ADD COLUMN basis INTEGER NOT NULL DEFAULT 0; -- 0: the name alone, 1: evidence, 2: an author page
UPDATE authorships SET basis = 2 WHERE author_id IN (SELECT author_id FROM author_pages);
-- What tells a person from others of the name. `distinction` is only what the handle was made from.
ALTER TABLE authors ADD COLUMN known_for TEXT NOT NULL DEFAULT '';

CREATE TABLE merged_authors (
    handle    TEXT PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_authors_by_author ON merged_authors (author_id);

CREATE TABLE names_to_divide (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- another one each time that papers of the name change
    name_key TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO names_to_divide (name_key) SELECT name_key FROM authors WHERE NOT is_group GROUP BY name_key HAVING sum(papers) > 1;
