-- People of whom the operator said that they are two: the papers of a name are divided so that they stay so.
CREATE TABLE people_kept_apart (
    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
    other_id  INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
    PRIMARY KEY (author_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_kept_apart_by_other ON people_kept_apart (other_id);
