"""Arrow tables and the Parquet files made of them."""
