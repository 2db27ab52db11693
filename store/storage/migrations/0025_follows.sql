-- What follows papers in place of words: a subscription whose `query` begins with `like:`. Everything that scoring
-- needs is kept here, so that it reads nothing of the catalogue.
CREATE TABLE follows (
    subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
    version         INTEGER NOT NULL -- counts what changed: votes, and papers of the people followed
) STRICT;

CREATE TABLE followed_papers (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    handle          TEXT NOT NULL,
    title           TEXT NOT NULL,
    author          TEXT,            -- the name of who is followed, where it is not the paper itself
    year            REAL,            -- of publication, with a fraction
    terms           BLOB NOT NULL,   -- as `store.similarity.terms.Vector.to_bytes` writes them
    PRIMARY KEY (subscription_id, handle)
) STRICT, WITHOUT ROWID;

CREATE TABLE followed_people (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    author          TEXT NOT NULL,   -- a handle, perhaps of somebody who turned out to be another
    PRIMARY KEY (subscription_id, author)
) STRICT, WITHOUT ROWID;

-- New papers whose closeness is still to be found, for one owner's follows or, with 0, for all.
CREATE TABLE unscored_papers (
    handle TEXT NOT NULL,
    owner  INTEGER NOT NULL,
    came   TEXT NOT NULL,
    PRIMARY KEY (handle, owner)
) STRICT, WITHOUT ROWID;

-- What people say of posts of such a subscription.
CREATE TABLE paper_votes (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    person_id       INTEGER NOT NULL,
    handle          TEXT NOT NULL,
    wanted          INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    voted           TEXT NOT NULL,
    terms           BLOB NOT NULL,
    PRIMARY KEY (subscription_id, person_id, handle)
) STRICT, WITHOUT ROWID;
