-- The order of a search by citations.
CREATE INDEX papers_by_citations ON papers (citations DESC, published DESC, id);
