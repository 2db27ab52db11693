-- A title of four words and more finds papers by itself, whoever is named as author; that took the place of the year.
DELETE FROM identifiers WHERE scheme = 'title' AND value GLOB '*|[0-9][0-9][0-9][0-9]';
INSERT OR IGNORE INTO identifiers (scheme, value, paper_id)
    SELECT 'title', folded || '|', papers.id FROM papers JOIN title_texts ON title_texts.id = papers.id
    WHERE folded LIKE '% % % %' AND folded NOT LIKE 'guest editor%' ORDER BY papers.id;
