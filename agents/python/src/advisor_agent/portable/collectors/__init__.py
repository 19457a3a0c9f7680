"""One metric source of psutil a file; a file laid here is found by itself.

In: a `portable.scene.Scene`.
Out: samples of the metrics that the file of `advisor_agent.collectors` with the same source declares.
One call of psutil a file, so that what one user or system may not see silences nothing else.
"""
