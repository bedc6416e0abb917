"""Making and guarding releases: build, promote, verify, keep or remove, and make one again."""
