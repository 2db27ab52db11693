-- Which process does what, where several serve one installation.
CREATE TABLE leases (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until  INTEGER NOT NULL -- milliseconds since 1970, of the database's clock
) STRICT, WITHOUT ROWID;
