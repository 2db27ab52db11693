-- Who said that a query stands for this. NULL: it was only picked once, before people were asked.
ALTER TABLE aliases ADD COLUMN taught_by INTEGER;
