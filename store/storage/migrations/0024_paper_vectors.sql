-- The vectors of papers, a signed byte for each dimension; NULL where it is still to be made, by a model that an
-- installation may have or not.
CREATE TABLE paper_vectors (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
    vector   BLOB
) STRICT;
CREATE INDEX paper_vectors_missing ON paper_vectors (paper_id) WHERE vector IS NULL;
INSERT INTO paper_vectors (paper_id) SELECT id FROM papers;
