"""General helpers that know nothing of displacement: arrays, JSON, YAML, atomic writes."""
