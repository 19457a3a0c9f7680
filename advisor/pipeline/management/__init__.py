"""Where Django looks for commands.

In: nothing.
Out: the package `commands`.
May import: nothing.
"""
