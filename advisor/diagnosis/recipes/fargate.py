"""Copies on Amazon ECS with Fargate, which needs no machines of one's own; scaled by target tracking."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import TARGET
from advisor.diagnosis.recipes import copy_metrics
from advisor.diagnosis.recipes.aws_balancer import target_group
from advisor.diagnosis.recipes.container import Signals, Workload
from advisor.diagnosis.recipes.copy_metrics import LOOP, REQUESTS, SOCKETS
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.recipes.shutdown import GRACE

PLATFORM: Final = "ECS on Fargate"

LEAST, MOST = 2048, 8192
"""MiB of memory that Fargate gives to a task with one processor: whole GiB from 2 to 8."""


def steps(workload: Workload, signals: Signals) -> tuple[Step, ...]:
    """A service on Fargate that follows its load."""
    balancer = "" if signals.rate is None else " Balancer=app/NAME/ID"
    return (
        *_lines(workload, signals),
        Step("Describe the service and how it grows. Parameters name what is there: a cluster, a load balancer's "
             f"listener, two subnets, a security group that lets the balancer in at port {workload.port}. The target "
             "group is made here: tasks have addresses of their own, and a group for machines (type instance) does "
             "not take them. PublicIp is ENABLED in subnets without NAT: else no image is pulled.",
             PLATFORM, "service.cfn.yaml", template(workload, signals)),
        Step("Create or change it. A change leaves the number of tasks as it is.", PLATFORM, "shell",
             f"aws cloudformation deploy --stack-name {workload.label} --template-file service.cfn.yaml \\\n"
             "  --parameter-overrides Image=IMAGE Cluster=CLUSTER Vpc=VPC Subnets=SUBNET-1,SUBNET-2 \\\n"
             f"  SecurityGroups=GROUP PublicIp=DISABLED Listener=ARN{balancer} ExecutionRole=ARN"),
    )  # fmt: skip


def _lines(workload: Workload, signals: Signals) -> tuple[Step, ...]:
    names = tuple(name for name in copy_metrics.told(signals) if name != REQUESTS)  # the balancer counts those
    if not names:
        return ()
    return (
        Step("Let each task tell what the scaling follows: CloudWatch takes metrics out of lines of the log that are "
             "in its embedded metric format, so they need neither an agent nor a right beside that to write the log. "
             "Put this file beside the script, and call tellMetrics(server) before listen. If nothing has come after "
             "ten minutes, the region does not take them out by itself yet: then the CloudWatch agent must send them.",
             PLATFORM, copy_metrics.FILE, copy_metrics.line(names, workload.label)),
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
        balancer="" if signals.rate is None else "  Balancer: {Type: String}\n",
        targets=target_group(workload.port, Choice.COOKIE if workload.sockets else Choice.LEAST_CONNECTIONS, "ip"),
        grace=GRACE,
    )


def _custom(key: str, name: str, metric: str, target: float) -> str:
    return _CUSTOM.format(key=key, name=name, metric=metric, target=target)


_TEMPLATE: Final = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Image: {{Type: String}}
  Cluster: {{Type: String}}
  Vpc: {{Type: "AWS::EC2::VPC::Id"}}
  Subnets: {{Type: "List<AWS::EC2::Subnet::Id>"}}
  SecurityGroups: {{Type: "List<AWS::EC2::SecurityGroup::Id>"}}
  PublicIp: {{Type: String, AllowedValues: [ENABLED, DISABLED]}}
  Listener: {{Type: String}}
{balancer}  ExecutionRole: {{Type: String}}
Resources:
{targets}  Route:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 100
      Conditions: [{{Field: path-pattern, PathPatternConfig: {{Values: ["/*"]}}}}] # all that the listener gets
      Actions: [{{Type: forward, TargetGroupArn: !Ref Targets}}]
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {{RetentionInDays: 30}}
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
          StopTimeout: {grace}
          PortMappings: [{{ContainerPort: {port}}}]
          LogConfiguration:
            LogDriver: awslogs
            Options:
              awslogs-group: !Ref Log
              awslogs-region: !Ref AWS::Region
              awslogs-stream-prefix: {name}
  Service:
    Type: AWS::ECS::Service
    DependsOn: Route
    Properties: # no DesiredCount: each release would set it, at the busiest hour too; Range below does
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      TaskDefinition: !Ref Task
      HealthCheckGracePeriodSeconds: 30
      DeploymentConfiguration:
        MinimumHealthyPercent: 100
        MaximumPercent: 200
        DeploymentCircuitBreaker: {{Enable: true, Rollback: true}}
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: !Ref Subnets
          SecurityGroups: !Ref SecurityGroups
          AssignPublicIp: !Ref PublicIp
      LoadBalancers:
        - {{ContainerName: {name}, ContainerPort: {port}, TargetGroupArn: !Ref Targets}}
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
        CustomizedMetricSpecification: # each task writes it into its log
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
          ResourceLabel: !Sub ${{Balancer}}/${{Targets.TargetGroupFullName}}
"""
