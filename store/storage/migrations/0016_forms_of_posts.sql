-- How papers are shown in a subscription's posts. NULL: by how many they are.
ALTER TABLE subscriptions ADD COLUMN form TEXT CHECK (form IN ('full', 'compact'));
