"""Big tables in files, CSV or Parquet: staged in DuckDB with every value checked and every bad row named."""
