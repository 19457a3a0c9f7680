"""Copies on Amazon ECS with Fargate, which needs no machines of one's own; scaled by target tracking."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import TARGET
from advisor.diagnosis.recipes.container import Signals, Workload
from advisor.diagnosis.recipes.kubernetes import LOOP, SOCKETS

PLATFORM: Final = "ECS on Fargate"

LEAST, MOST = 2048, 8192
"""MiB of memory that Fargate gives to a task with one processor: whole GiB from 2 to 8."""


def steps(workload: Workload, signals: Signals) -> tuple[Step, ...]:
    """A service on Fargate that follows its load."""
    label = "" if signals.rate is None else "BalancerLabel=app/NAME/ID/targetgroup/NAME/ID "
    return (
        Step("Describe the service and how it grows. It needs a cluster, two subnets and a load balancer's target "
             "group, which are parameters.", PLATFORM, "service.cfn.yaml", template(workload, signals)),
        Step("Create or change it.", PLATFORM, "shell",
             f"aws cloudformation deploy --stack-name {workload.label} --template-file service.cfn.yaml \\\n"
             "  --parameter-overrides Image=IMAGE Cluster=CLUSTER Subnets=SUBNET-1,SUBNET-2 TargetGroup=ARN \\\n"
             f"  {label}ExecutionRole=ARN"),
    )  # fmt: skip


def task_memory(workload: Workload) -> int:
    """MiB of a task: the next size that Fargate has."""
    return min(MOST, max(LEAST, 1024 * math.ceil(workload.mebibytes / 1024)))


def template(workload: Workload, signals: Signals) -> str:
    """The CloudFormation template, as YAML."""
    name = workload.label
    policies = _CPU.format(cpu=round(TARGET * 100)) if signals.on_cpu else _custom("OnLoop", name, LOOP, TARGET)
    if signals.rate is not None:
        policies += _REQUESTS.format(rate=max(1, round(signals.rate * 60)))  # the balancer counts per minute
    if signals.sockets is not None:
        policies += _custom("OnSockets", name, SOCKETS, max(1, round(signals.sockets)))
    return _TEMPLATE.format(
        name=name,
        port=workload.port,
        memory=task_memory(workload),
        least=workload.copies,
        most=workload.most,
        policies=policies,
        label="" if signals.rate is None else "  BalancerLabel: {Type: String}\n",
    )


def _custom(key: str, name: str, metric: str, target: float) -> str:
    return _CUSTOM.format(key=key, name=name, metric=metric, target=target)


_TEMPLATE: Final = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Image: {{Type: String}}
  Cluster: {{Type: String}}
  Subnets: {{Type: "List<AWS::EC2::Subnet::Id>"}}
  TargetGroup: {{Type: String}}
  ExecutionRole: {{Type: String}}
{label}Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: {name}
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: "1024" # one event loop uses one processor
      Memory: "{memory}"
      ExecutionRoleArn: !Ref ExecutionRole
      ContainerDefinitions:
        - Name: {name}
          Image: !Ref Image
          Essential: true
          StopTimeout: 30
          PortMappings: [{{ContainerPort: {port}}}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      TaskDefinition: !Ref Task
      DesiredCount: {least}
      HealthCheckGracePeriodSeconds: 30
      DeploymentConfiguration:
        MinimumHealthyPercent: 100
        MaximumPercent: 200
        DeploymentCircuitBreaker: {{Enable: true, Rollback: true}}
      NetworkConfiguration:
        AwsvpcConfiguration: {{Subnets: !Ref Subnets}}
      LoadBalancers:
        - {{ContainerName: {name}, ContainerPort: {port}, TargetGroupArn: !Ref TargetGroup}}
  Range:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: ecs
      ScalableDimension: ecs:service:DesiredCount
      ResourceId: !Sub service/${{Cluster}}/${{Service.Name}}
      MinCapacity: {least}
      MaxCapacity: {most}
{policies}"""

_CPU: Final = """  OnProcessor:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: processor
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Range
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: {cpu}
        ScaleInCooldown: 300
        ScaleOutCooldown: 60
        PredefinedMetricSpecification: {{PredefinedMetricType: ECSServiceAverageCPUUtilization}}
"""

_CUSTOM: Final = """  {key}:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: {metric}
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Range
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: {target}
        ScaleInCooldown: 300
        ScaleOutCooldown: 60
        CustomizedMetricSpecification: # the service sends it, for one through the CloudWatch agent
          Namespace: {name}
          MetricName: {metric}
          Statistic: Average
"""

_REQUESTS: Final = """  OnRequests:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: requests
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Range
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: {rate} # requests per minute and task
        ScaleInCooldown: 300
        ScaleOutCooldown: 60
        PredefinedMetricSpecification:
          PredefinedMetricType: ALBRequestCountPerTarget
          ResourceLabel: !Ref BalancerLabel
"""
