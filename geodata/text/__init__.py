"""What is said of a view: titles, headlines, statuses, notes, key figures, citations."""
