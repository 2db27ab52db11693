-- Addresses on the web at which whoever has one reads what a subscription, an author or a list shows to its owner.
CREATE TABLE web_addresses (
    key_digest TEXT PRIMARY KEY,  -- SHA-256 of the key, by which it is looked for
    key        TEXT NOT NULL,     -- the secret in the address
    owner      INTEGER NOT NULL,  -- as in own_papers
    person     INTEGER NOT NULL,  -- whose list it is; 0 where it is not one person's
    kind       TEXT NOT NULL CHECK (kind IN ('subscription', 'author', 'list')),
    subject    TEXT NOT NULL,     -- the token of the subscription or list, the handle of the author
    made_by    INTEGER NOT NULL,
    made       TEXT NOT NULL,
    UNIQUE (owner, kind, subject)
) STRICT;
