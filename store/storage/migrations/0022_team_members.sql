-- Whom a guild calls its team.
CREATE TABLE team_members (
    owner  INTEGER NOT NULL,    -- as in own_papers
    author TEXT NOT NULL,       -- a handle, perhaps of somebody who turned out to be another
    PRIMARY KEY (owner, author)
) STRICT, WITHOUT ROWID;
