-- Channels that are told each week what the team saved to its lists.
CREATE TABLE weekly_saved (
    target_id INTEGER PRIMARY KEY, -- the channel
    owner     INTEGER NOT NULL,    -- as in own_papers
    person    INTEGER NOT NULL,    -- who asked for it
    zone      TEXT NOT NULL,       -- IANA
    anchor_id INTEGER NOT NULL,    -- a Discord id from then
    due       TEXT NOT NULL
) STRICT;
CREATE INDEX weekly_saved_due ON weekly_saved (due);
