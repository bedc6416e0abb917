"""Station transform: plain SQL in sql/transform, one file per table, ordered by what each reads."""
