"""What the agent costs a host, beside its peers in the same windows. `make bench-agent` runs it.

In: the agent's source, the peers that are installed, Node.js.
Out: tables while it works, then one JSON line a figure.
"""
