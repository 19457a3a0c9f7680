"""The agent where there is no /proc: macOS and Windows, through psutil.

In: psutil 6 or later, handed over by whoever makes it, so that no import of it costs memory on Linux.
Out: the same metrics as on Linux, as far as the system tells them, and nothing instead of what it does not tell.
May import: everything of `advisor_agent`.
"""
