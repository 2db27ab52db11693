-- What members added is seen by their guild only. An owner is a guild, by its id, or in direct messages a person, by
-- the negative of theirs. Handles are those of the catalogue where it has the paper, and the guild's own elsewhere.
CREATE TABLE own_papers (
    owner        INTEGER NOT NULL,
    handle       TEXT NOT NULL,
    in_catalogue INTEGER NOT NULL,
    title        TEXT NOT NULL,
    published    TEXT,
    names        TEXT NOT NULL, -- the words of its authors' names, folded
    folded       TEXT NOT NULL, -- JSON of store.search.matcher.FoldedPaper, of the merged paper
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_papers_by_handle ON own_papers (handle);

CREATE TABLE own_records (
    owner     INTEGER NOT NULL,
    handle    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    body      TEXT NOT NULL, -- PaperRecord as JSON, without its source
    added_by  INTEGER NOT NULL, -- a person
    PRIMARY KEY (owner, handle, kind, name)
) STRICT, WITHOUT ROWID;

-- By what a guild's papers are recognised, as `identifiers` does for the catalogue.
CREATE TABLE own_keys (
    scheme TEXT NOT NULL,
    value  TEXT NOT NULL,
    owner  INTEGER NOT NULL,
    handle TEXT NOT NULL,
    PRIMARY KEY (scheme, value, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_keys_by_paper ON own_keys (owner, handle);

-- Authors as the guild's records list them; `author` is the handle that the catalogue has or would have for the name.
CREATE TABLE own_authorships (
    owner    INTEGER NOT NULL,
    author   TEXT NOT NULL,
    handle   TEXT NOT NULL,
    name     TEXT NOT NULL,
    is_group INTEGER NOT NULL,
    position INTEGER,
    PRIMARY KEY (owner, author, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_authorships_by_paper ON own_authorships (owner, handle);

-- The latest figures of the author pages that members added.
CREATE TABLE own_figures (
    owner     INTEGER NOT NULL,
    author    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    metric    TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    value     REAL NOT NULL,
    PRIMARY KEY (owner, author, kind, name, metric)
) STRICT, WITHOUT ROWID;

-- Former handles of a guild's own papers that the catalogue has by now.
CREATE TABLE own_moves (
    owner    INTEGER NOT NULL,
    handle   TEXT NOT NULL,
    survivor TEXT NOT NULL,
    PRIMARY KEY (owner, handle)
) STRICT, WITHOUT ROWID;

-- Papers that a service gave because somebody asked for them. To other guilds they are new when a source announces
-- them; `before` is the paper as it was announced, as JSON, NULL where it never was.
CREATE TABLE unannounced (
    handle TEXT PRIMARY KEY,
    before TEXT
) STRICT, WITHOUT ROWID;

-- The reports of what members added named their files to everybody.
DELETE FROM intakes WHERE source = '/add' OR source LIKE '/add:%';

-- Our messages that a channel has and the table `posts` lacks, as after an older backup was put back.
CREATE TABLE found_posts (
    target_id  INTEGER NOT NULL,
    handle     TEXT NOT NULL, -- of a paper that the message shows
    message_id INTEGER NOT NULL,
    token      TEXT NOT NULL,
    posted     TEXT NOT NULL,
    PRIMARY KEY (target_id, handle)
) STRICT, WITHOUT ROWID;
