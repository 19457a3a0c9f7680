"""`make new-rule NAME=...`: a rule that works and its test, for its author to make into another one."""
