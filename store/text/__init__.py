"""Text as the whole store sees it: normalising, identifiers, person names, dates, categories, handles."""
