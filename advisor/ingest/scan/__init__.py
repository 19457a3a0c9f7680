"""The compiled reader of bodies: C for what comes all day, and nothing that Python does not read as well.

In: the bytes of a body, JSON or protobuf, and meanings of metrics and attributes as Python found them.
Out: the numbers of rows, and the pieces of a body that Python is to read: see `advisor.ingest.scanner`.
May import: nothing of the project.
"""
