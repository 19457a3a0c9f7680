"""A global load balancer and a managed instance group on Google Cloud, as commands of gcloud."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import shutdown
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.recipes.shutdown import HEALTH, PLATFORM_FIELDS, READY

PLATFORM: Final = "Google Cloud"

KEPT: Final = 620
"""Seconds that a server keeps an idle connection: the balancer keeps it for 600, which nobody can change
(https://cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends)."""

LONGEST: Final = 86_400
"""Seconds after which the balancer ends a WebSocket, idle or not: a day, the most that Google recommends."""


def steps(machines: Workload, choice: Choice, rate: float) -> tuple[Step, ...]:
    """The group, the balancer before it, and how it follows the load; arguments as for AWS."""
    return (
        *shutdown.steps(machines.script, PLATFORM, KEPT),
        Step(f"Make the group: new machines join by themselves, and one whose {HEALTH} fails is replaced. The image "
             "starts the service at boot. Allow 130.211.0.0/22 and 35.191.0.0/16 in, from which Google checks. "
             f"{machines.keeps_its_size(rate)}".rstrip(), PLATFORM, "shell", group(machines, rate)),
        Step(f"Put the balancer before it; TLS ends there. It asks {READY}: a machine that is about to stop gets no "
             "more requests, and is not replaced.", PLATFORM, "shell", balancer(machines, choice, rate)),
    )  # fmt: skip


def group(machines: Workload, rate: float) -> str:
    """Commands that make the machines, and let their number follow the requests that show the load."""
    told = {"name": machines.label, "port": machines.port, "least": machines.copies, "most": machines.most}
    made = _GROUP.format(**told, **PLATFORM_FIELDS)
    return made if machines.keeps_its_size(rate) else made + _FOLLOWING.format(**told)


def balancer(machines: Workload, choice: Choice, rate: float) -> str:
    """Commands that make the balancer."""
    shares = {
        Choice.ROUND_ROBIN: "--locality-lb-policy ROUND_ROBIN",
        Choice.LEAST_CONNECTIONS: "--locality-lb-policy LEAST_REQUEST",
        Choice.IP_HASH: "--session-affinity CLIENT_IP",
        Choice.COOKIE: "--session-affinity GENERATED_COOKIE --affinity-cookie-ttl 3600",
    }[choice]
    load = "--balancing-mode UTILIZATION"
    if not math.isnan(rate):
        load = f"--balancing-mode RATE --max-rate-per-instance {round(rate) if rate >= 10 else round(rate, 2)}"
    return _BALANCER.format(
        name=machines.label,
        port=machines.port,
        shares=f"--timeout {LONGEST} {shares}" if machines.sockets else shares,
        load=load,
        **PLATFORM_FIELDS,
    )


_GROUP: Final = """gcloud compute instance-templates create {name} --machine-type TYPE --image IMAGE
gcloud compute health-checks create http {name}-alive --port {port} --request-path {health} \\
  --check-interval 10s --timeout 5s --unhealthy-threshold 6
gcloud compute instance-groups managed create {name} --region REGION --template {name} --size {least} \\
  --health-check {name}-alive --initial-delay 120
gcloud compute instance-groups managed set-named-ports {name} --region REGION --named-ports http:{port}
"""

_FOLLOWING: Final = """gcloud compute instance-groups managed set-autoscaling {name} --region REGION \\
  --min-num-replicas {least} --max-num-replicas {most} --target-load-balancing-utilization 1.0 --cool-down-period 120
"""

_BALANCER: Final = """gcloud compute health-checks create http {name}-ready --port {port} --request-path {ready} \\
  --check-interval {interval}s --timeout {timeout}s --unhealthy-threshold {failures}
gcloud compute backend-services create {name} --global --load-balancing-scheme EXTERNAL_MANAGED \\
  --protocol HTTP --port-name http --health-checks {name}-ready --connection-draining-timeout {grace} \\
  {shares}
gcloud compute backend-services add-backend {name} --global --instance-group {name} \\
  --instance-group-region REGION {load}
gcloud compute url-maps create {name} --default-service {name}
gcloud compute ssl-certificates create {name} --global --domains DOMAIN
gcloud compute target-https-proxies create {name} --url-map {name} --ssl-certificates {name}
gcloud compute forwarding-rules create {name} --global --load-balancing-scheme EXTERNAL_MANAGED \\
  --target-https-proxy {name} --ports 443
"""
