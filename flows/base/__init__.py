"""What every room stands on: errors, folders and limits, durable files, DuckDB, and the order of SQL files."""
