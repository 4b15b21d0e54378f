"""Open workbooks and CSV safely, as rows of cells."""
