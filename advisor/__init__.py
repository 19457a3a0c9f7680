"""Scaling Advisor: which way to scale a Node.js service, why, and whether it helped.

What comes in: OTLP metrics from agents, probes and SDKs. What goes out: advice.
The packages below stand in the order that data flows; `pyproject.toml` holds who may import whom.
"""
