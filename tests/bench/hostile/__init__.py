"""`python -m tests.bench.hostile`: what well-behaved senders notice of those who are not."""
