"""`make bench-ingest`: what the door, the writer and the store take, beside peers that store the same samples."""
