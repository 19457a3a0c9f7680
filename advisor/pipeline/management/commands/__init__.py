"""The product in a terminal, one command a file; the file name is the command.

In: arguments.
Out: text for people, JSON for scripts.
May import: alerts, recommendations, vocabulary.
"""
