-- Reading lists that are kept the same as a library of Zotero.
CREATE TABLE zotero_links (
    list_id    INTEGER PRIMARY KEY REFERENCES reading_lists (id) ON DELETE CASCADE,
    owner      INTEGER NOT NULL, -- the list's
    person     INTEGER NOT NULL, -- whose key it is
    library    TEXT NOT NULL,    -- users/123 or groups/123
    collection TEXT,             -- NULL: all of the library
    api_key    TEXT NOT NULL,    -- a secret
    version    INTEGER NOT NULL, -- up to which the library is known
    due        TEXT NOT NULL,    -- when it is to be asked next
    synced     TEXT,             -- when both were last compared
    failure    TEXT,             -- why that did not work since
    stopped    INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)) -- 1 where somebody has to do something first
) STRICT;

CREATE TABLE zotero_items (
    list_id   INTEGER NOT NULL REFERENCES zotero_links (list_id) ON DELETE CASCADE,
    item_key  TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('paper', 'note')),
    ours      TEXT,             -- the paper's handle or the note's token; NULL: none here
    about     TEXT,             -- the handle of the paper that it is about
    parent    TEXT,             -- of a note, the key of its paper's item
    base      TEXT,             -- what both had when they last agreed, JSON; NULL: never
    theirs    TEXT,             -- what is there now, JSON; NULL: nothing
    version   INTEGER NOT NULL, -- of the item; 0: not known to be there
    details   TEXT NOT NULL,    -- what is there beside that and is kept as it is, JSON
    asked     TEXT,             -- the question that is open, with what it is about, JSON
    choice    TEXT CHECK (choice IN ('here', 'there')),
    PRIMARY KEY (list_id, item_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX zotero_items_by_paper ON zotero_items (about) WHERE about IS NOT NULL;
