"""Copies on Kubernetes: a Deployment that loses no request, and an autoscaler with bounds."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import TARGET
from advisor.diagnosis.recipes import copy_metrics, google_balancer, prometheus_adapter
from advisor.diagnosis.recipes.container import Signals, Workload
from advisor.diagnosis.recipes.copy_metrics import LOOP, REQUESTS, SOCKETS
from advisor.diagnosis.recipes.shutdown import GRACE, PLATFORM_FIELDS

PLATFORM: Final = "Kubernetes"

WHOLE: Final = 10
"""From this figure on a target without decimals is at most a twentieth off."""

BEFORE: Final = 5
"""Seconds from when Kubernetes decides to end a Pod to the signal; the Service lets go of it meanwhile."""


def steps(workload: Workload, signals: Signals) -> tuple[Step, ...]:
    """A Deployment with its Service and budget, the autoscaler, and nodes that follow."""
    return (
        Step("Run the copies. Requests are given for the processor and both for memory: without requests the "
             "autoscaler has nothing to take percents of. There is no processor limit, which would only throttle.",
             PLATFORM, "deployment.yaml", deployment(workload, copy_metrics.told(signals))),
        Step("Give them one address, and keep most of them while nodes are replaced.", PLATFORM, "service.yaml",
             service(workload)),
        *adapter(signals),
        Step(_scaling(signals), PLATFORM, "hpa.yaml", autoscaler(workload, signals)),
        Step("Apply, then watch it decide.", PLATFORM, "shell",
             f"kubectl apply -f deployment.yaml -f service.yaml -f hpa.yaml\nkubectl get hpa {workload.label} --watch"),
        Step("Let the nodes follow the copies. Google Kubernetes Engine: name the node pool and its bounds. Behind "
             f"Google's balancer give endInOrder `idle: {google_balancer.KEPT}`: it keeps idle connections for 600 s.",
             "GKE", "shell", GKE),
        Step("Amazon EKS: install the Cluster Autoscaler (or Karpenter) with a role that may change the node group, "
             "and tag the group so that it is found.", "EKS", "shell", EKS),
    )  # fmt: skip


def adapter(signals: Signals) -> tuple[Step, ...]:
    """The metrics of a pod on a page, and by their names at the autoscaler; nothing where it follows none."""
    names = copy_metrics.told(signals)
    if not names:
        return ()
    return (
        Step("Let each copy tell what the autoscaler follows, on a port of its own. Put this file beside the script, "
             "npm install prom-client, and call tellMetrics(server) before listen. Leave out what a page of yours "
             "tells already by the same name.", PLATFORM, copy_metrics.FILE, copy_metrics.page(names)),
        Step("Metrics of type Pods reach the autoscaler through prometheus-adapter, which asks a Prometheus: put yours "
             f"in place of PROMETHEUS. It must read port {copy_metrics.PORT} of each Pod: that of the chart prometheus "
             f"finds it by annotations of the Pod ({prometheus_adapter.ANNOTATIONS}), that of the operator by a "
             "PodMonitor. Where an adapter runs already, add these rules to its own.",
             PLATFORM, "adapter.yaml", prometheus_adapter.values(names)),
        Step("Install the adapter. Once a Pod with the page runs, the last line holds the names: while one metric is "
             "missing no copy is ever taken away, and where all are missing nothing is scaled. Without an adapter "
             "leave the metrics of type Pods out of the next file. (KEDA makes an autoscaler of its own: give it these "
             "targets.)", PLATFORM, "shell", prometheus_adapter.INSTALL),
    )  # fmt: skip


def _scaling(signals: Signals) -> str:
    if signals.on_cpu:
        return (
            f"Scale on the processor at {TARGET:.0%} of the one core that a loop can use, on memory, and on requests. "
            "The highest decides. It grows at once and shrinks slowly, after five quiet minutes."
        )
    return (
        "Scale on event loop utilization and on requests or open connections: the processor stays low however many "
        "clients wait. It grows at once and shrinks slowly, after five quiet minutes."
    )


def deployment(workload: Workload, told: tuple[str, ...] = ()) -> str:
    """The Deployment, as YAML; by annotations Prometheus finds the page of Pods that tell such metrics."""
    return _DEPLOYMENT.format(
        name=workload.label,
        copies=workload.first,
        port=workload.port,
        memory=workload.mebibytes,
        before=BEFORE,
        patience=BEFORE + GRACE,
        annotations=f"      annotations: {{{prometheus_adapter.ANNOTATIONS}}}\n" if told else "",
        **PLATFORM_FIELDS,
    )


def service(workload: Workload) -> str:
    """The Service and the PodDisruptionBudget, as YAML."""
    sticky = _STICKY if workload.sockets else ""
    return _SERVICE.format(name=workload.label, port=workload.port, sticky=sticky)


def autoscaler(workload: Workload, signals: Signals) -> str:
    """The HorizontalPodAutoscaler, as YAML."""
    metrics = _RESOURCES.format(cpu=round(TARGET * 100)) if signals.on_cpu else _pods(LOOP, _quantity(TARGET))
    if signals.rate is not None:
        metrics += _pods(REQUESTS, _quantity(signals.rate))
    if signals.sockets is not None:
        metrics += _pods(SOCKETS, _quantity(signals.sockets))
    return _HPA.format(name=workload.label, least=workload.copies, most=workload.most, metrics=metrics)


def _quantity(value: float) -> str:
    """As Kubernetes writes it: a whole number, or thousandths where that would round off much; never 0."""
    return f"{value:.0f}" if value >= WHOLE else f"{max(1, round(value * 1000))}m"


def _pods(metric: str, value: str) -> str:
    return _PODS.format(metric=metric, value=value)


_DEPLOYMENT: Final = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  replicas: {copies} # remove this line once the autoscaler runs: it decides from then on
  selector:
    matchLabels: {{app: {name}}}
  strategy:
    rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata:
      labels: {{app: {name}}}
{annotations}    spec:
      terminationGracePeriodSeconds: {patience}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{app: {name}}}
      containers:
        - name: {name}
          image: registry.example.com/{name}:1.0.0
          ports:
            - containerPort: {port}
          resources:
            requests: {{cpu: 1000m, memory: {memory}Mi}}
            limits: {{memory: {memory}Mi}}
          securityContext: {{runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false}}
          startupProbe:
            httpGet: {{path: {health}, port: {port}}}
            periodSeconds: 2
            failureThreshold: 30
          readinessProbe:
            httpGet: {{path: {ready}, port: {port}}}
            periodSeconds: {interval}
            timeoutSeconds: {timeout}
            failureThreshold: {failures}
          livenessProbe: # slower than readiness: a busy loop must not be killed for being busy
            httpGet: {{path: {health}, port: {port}}}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          lifecycle:
            preStop: # balancers learn of the end a moment later than the process
              exec: {{command: ["sleep", "{before}"]}}
"""

_SERVICE: Final = """apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}}}
{sticky}  ports:
    - port: 80
      targetPort: {port}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {name}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{app: {name}}}
"""

_STICKY: Final = """\
  # Clients come back to the same Pod. An Ingress goes to Pods directly: give it affinity by cookie.
  sessionAffinity: ClientIP
"""

_HPA: Final = """apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {name}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  minReplicas: {least}
  maxReplicas: {most}
  metrics:
{metrics}  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      policies:
        - {{type: Percent, value: 100, periodSeconds: 60}}
        - {{type: Pods, value: 2, periodSeconds: 60}}
    scaleDown:
      stabilizationWindowSeconds: 300
      policies:
        - {{type: Percent, value: 25, periodSeconds: 60}}
"""

_RESOURCES: Final = """    - type: Resource
      resource:
        name: cpu
        target: {{type: Utilization, averageUtilization: {cpu}}}
    - type: Resource # a heap gives little back, so this one seldom lets copies go
      resource:
        name: memory
        target: {{type: Utilization, averageUtilization: 85}}
"""

_PODS: Final = """    - type: Pods
      pods:
        metric: {{name: {metric}}}
        target: {{type: AverageValue, averageValue: "{value}"}}
"""

GKE: Final = """gcloud container clusters update CLUSTER --location LOCATION --node-pool POOL \\
  --enable-autoscaling --min-nodes 2 --max-nodes 10
"""

EKS: Final = """for tag in enabled,Value=true CLUSTER,Value=owned; do
  aws autoscaling create-or-update-tags --tags ResourceId=GROUP,ResourceType=auto-scaling-group,\\
PropagateAtLaunch=true,Key=k8s.io/cluster-autoscaler/$tag
done
helm upgrade --install cluster-autoscaler cluster-autoscaler --namespace kube-system \\
  --repo https://kubernetes.github.io/autoscaler --set autoDiscovery.clusterName=CLUSTER \\
  --set awsRegion=REGION --set 'rbac.serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn=ROLE-ARN'
"""
