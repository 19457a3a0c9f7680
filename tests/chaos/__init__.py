"""Crashes under load, and a ledger that tells what was lost, doubled or made up."""
