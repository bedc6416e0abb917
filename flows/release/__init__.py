"""What a release is: its tables and their contract, content hash, manifest, catalog, signature, and reading one."""
