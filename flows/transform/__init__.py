"""Station transform: plain SQL in sql/transform, one file a table, ordered by what each reads."""
