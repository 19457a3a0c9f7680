"""Benchmarks of the server: each prints one JSON line a figure."""
