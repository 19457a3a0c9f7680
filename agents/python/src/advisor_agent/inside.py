"""What is inside a Node.js process, as others tell it: a page of metrics, or PM2."""

from __future__ import annotations

from advisor_agent.metric import GAUGE, UPDOWNCOUNTER, Metric

HEAP_USED = Metric("v8js.memory.heap.used", "By", UPDOWNCOUNTER, "Heap in use")
HEAP_SIZE = Metric("v8js.memory.heap.space.size", "By", UPDOWNCOUNTER, "Heap taken from the system")
ACTIVE = Metric("v8js.resource.active", "{resource}", GAUGE, "Handles that keep the loop alive")
