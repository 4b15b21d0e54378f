"""The words of the field: errors, populations, household sizes, settings."""
