"""Reader of tables beside the counts: programmes, coverage, results, residents, spellings."""
