"""The whole product on one machine: every process under one supervisor in the foreground.

In: `make run`, `make demo`, `make link` and the environment (`ADVISOR_*`).
Out: a port that answers, one sign-in link, and everything that is kept below `ADVISOR_HOME`.
May import: everything below.
"""
