"""Workbooks and CSV opened safely, as rows of cells."""
