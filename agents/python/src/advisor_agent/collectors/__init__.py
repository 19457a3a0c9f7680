"""One metric source a file; a file laid here is found by itself.

In: a `Scene`, or a `View` where another system may show the same.
Out: samples. A module has `METRICS` and either `collect_host(scene)` or `collect_process(scene, process)`. What is not
worth its bytes with every export says `EVERY`, seconds between two readings of the host.
May import: `advisor_agent.metric`, `.kernel`, `.scene`, `.view`, `.processes`. A collector only reads: no root needed,
no child process, no network.
"""
