"""Where ledgers are kept: Parquet files under a manifest, and the dense columns that a trace walks."""
