"""The files of a release in other forms: CSV, Parquet, GeoPackage, workbook, and metadata for catalogues."""
