"""The workspace on disk: folders of Parquet and JSON, and a database that lists them."""
