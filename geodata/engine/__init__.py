"""Databases that answer the queries of figures: DuckDB, and PostgreSQL where it is named."""
