-- What people say of the authors whom their guild sees: that two are one, and that a paper is another's.
CREATE TABLE joined_people (
    owner   INTEGER NOT NULL,   -- as in own_papers; 0: the operator, for everybody
    first   TEXT NOT NULL,      -- handle, the smaller one
    second  TEXT NOT NULL,      -- handle
    said_by INTEGER NOT NULL,
    said    TEXT NOT NULL,
    PRIMARY KEY (owner, first, second),
    CHECK (first < second)
) STRICT, WITHOUT ROWID;

CREATE TABLE moved_authorships (
    owner   INTEGER NOT NULL,   -- as above
    paper   TEXT NOT NULL,      -- handle
    person  TEXT NOT NULL,      -- handle of whose the paper is not
    name    TEXT NOT NULL,      -- name_key of the person
    whose   TEXT,               -- handle of whose it is; NULL: of nobody who is known
    said_by INTEGER NOT NULL,
    said    TEXT NOT NULL,
    PRIMARY KEY (owner, paper, person)
) STRICT, WITHOUT ROWID;
