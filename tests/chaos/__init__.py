"""Crashes under load, what anybody may send, and a ledger that tells what was lost, doubled or made up."""
