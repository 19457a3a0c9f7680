"""An Application Load Balancer and an Auto Scaling group on AWS, as a CloudFormation template."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import shutdown
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.recipes.shutdown import DRAIN, IDLE, PLATFORM_FIELDS, READY

PLATFORM: Final = "AWS ALB"

_ALGORITHM: Final = {
    Choice.ROUND_ROBIN: "round_robin",
    Choice.LEAST_CONNECTIONS: "least_outstanding_requests",
    Choice.COOKIE: "round_robin",
    Choice.IP_HASH: "round_robin",
}

START: Final = 120
"""Seconds that a machine has from its boot until it serves."""

SLOWEST: Final = 1 / 60
"""The least rate in requests per second that can be followed: the balancer counts whole requests a minute."""


def steps(machines: Workload, choice: Choice, rate: float) -> tuple[Step, ...]:
    """The balancer, the group behind it, and how it follows the load.

    Args:
        machines: `copies` are machines that run at least, `most` at most.
        choice: who gets a request; by address means by the balancer's cookie, as it knows nothing else.
        rate: requests per second that one machine carries at the target utilization; NaN where they are not known or
            do not show the load: then the group keeps its size.
    """
    return (
        *shutdown.steps(machines.script, PLATFORM),
        Step("Describe the balancer and the group. The image starts the service at boot; new machines join by "
             f"themselves, and one whose {READY} fails is replaced. TLS ends at the balancer.{_idle(machines)} "
             f"{machines.keeps_its_size(rate)}".rstrip(),
             PLATFORM, "balancer.cfn.yaml", template(machines, choice, rate)),
        Step("Create or change it. A release is a new image: one machine after the other is replaced, the next only "
             f"when {READY} of the last answers 200; if it never does, the group goes back to the image before. "
             "Machines say so with cfn-signal, which Amazon Linux has (elsewhere put aws-cfn-bootstrap into the image) "
             "and which must reach CloudFormation. Do not restart the service in place: the group would replace the "
             "machine.", PLATFORM, "shell",
             f"aws cloudformation deploy --stack-name {machines.label}-balancer --template-file balancer.cfn.yaml \\\n"
             "  --parameter-overrides Vpc=VPC Subnets=SUBNET-1,SUBNET-2 Image=AMI Type=INSTANCE-TYPE "
             "Certificate=ARN"),
    )  # fmt: skip


def _idle(machines: Workload) -> str:
    if not machines.sockets:
        return ""
    return f" It closes a WebSocket on which nothing passes for {IDLE} s: send a ping every 30 s, as Socket.IO does."


def template(machines: Workload, choice: Choice, rate: float) -> str:
    """The CloudFormation template, as YAML."""
    fixed = bool(machines.keeps_its_size(rate))
    follows = "" if fixed else _FOLLOWING.format(target=round(rate * 60), start=START)
    return _TEMPLATE.format(
        name=machines.label,
        port=machines.port,
        least=machines.copies,
        most=machines.copies if fixed else machines.most,
        kept=machines.copies - 1 if fixed else machines.copies,
        targets=target_group(machines.port, choice, "instance"),
        follows=follows,
        start=START,
        seen=DRAIN,
        **PLATFORM_FIELDS,
    )


def target_group(port: int, choice: Choice, kind: str) -> str:
    """The resource `Targets`, as YAML: who gets requests, and how the balancer asks whether it may send them.

    Args:
        port: where targets listen.
        choice: who gets a request.
        kind: `instance` for machines, `ip` for tasks on Fargate, each of which has an address of its own.
    """
    sticky = _STICKY if choice in (Choice.COOKIE, Choice.IP_HASH) else ""
    return _TARGETS.format(port=port, algorithm=_ALGORITHM[choice], sticky=sticky, kind=kind, **PLATFORM_FIELDS)


_TARGETS: Final = """  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: {kind}
      VpcId: !Ref Vpc
      Protocol: HTTP
      Port: {port}
      HealthCheckPath: {ready} # fails as soon as a process is asked to stop
      HealthCheckIntervalSeconds: {interval}
      HealthCheckTimeoutSeconds: {timeout}
      HealthyThresholdCount: 2
      UnhealthyThresholdCount: {failures}
      TargetGroupAttributes:
        - {{Key: load_balancing.algorithm.type, Value: {algorithm}}}
        - {{Key: deregistration_delay.timeout_seconds, Value: "{grace}"}}
{sticky}"""

_STICKY: Final = """        - {Key: stickiness.enabled, Value: "true"}
        - {Key: stickiness.type, Value: lb_cookie}
"""

_FOLLOWING: Final = """  Following:
    Type: AWS::AutoScaling::ScalingPolicy
    DependsOn: Secure
    Properties:
      AutoScalingGroupName: !Ref Group
      PolicyType: TargetTrackingScaling
      EstimatedInstanceWarmup: {start}
      TargetTrackingConfiguration:
        TargetValue: {target} # requests per minute and machine
        PredefinedMetricSpecification:
          PredefinedMetricType: ALBRequestCountPerTarget
          ResourceLabel: !Sub ${{Balancer.LoadBalancerFullName}}/${{Targets.TargetGroupFullName}}
"""

_TEMPLATE: Final = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Vpc: {{Type: "AWS::EC2::VPC::Id"}}
  Subnets: {{Type: "List<AWS::EC2::Subnet::Id>"}}
  Image: {{Type: "AWS::EC2::Image::Id"}}
  Type: {{Type: String}}
  Certificate: {{Type: String}}
Resources:
  Outside:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Clients of {name}
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}}
        - {{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}}
  Inside:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Machines of {name}, reached from the balancer alone
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {{IpProtocol: tcp, FromPort: {port}, ToPort: {port}, SourceSecurityGroupId: !Ref Outside}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: application
      Subnets: !Ref Subnets
      SecurityGroups: [!Ref Outside]
{targets}  Secure:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Protocol: HTTPS
      Port: 443
      SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06 # without it CloudFormation lets TLS 1.0 in
      Certificates: [{{CertificateArn: !Ref Certificate}}]
      DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Targets}}]
  Plain:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Protocol: HTTP
      Port: 80
      DefaultActions:
        - Type: redirect
          RedirectConfig: {{Protocol: HTTPS, Port: "443", StatusCode: HTTP_301}}
  Machine:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref Image
        InstanceType: !Ref Type
        SecurityGroupIds: [!Ref Inside]
        MetadataOptions: {{HttpTokens: required}}
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            # An update waits for this: the machine serves, or it is given up and the update goes back.
            timeout {start} bash -c \\
              'until curl --silent --fail --output /dev/null --max-time {timeout} http://127.0.0.1:{port}{ready}
              do sleep 2; done' && sleep {seen} # until the balancer has seen it too
            /opt/aws/bin/cfn-signal --exit-code $? \\
              --stack ${{AWS::StackName}} --resource Group --region ${{AWS::Region}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy:
      ResourceSignal: {{Count: {least}, Timeout: PT10M}}
    UpdatePolicy:
      AutoScalingRollingUpdate:
        MinInstancesInService: {kept} # must be below MaxSize
        MaxBatchSize: 1
        WaitOnResourceSignals: true
        PauseTime: PT10M # at most, for each machine
        SuspendProcesses: [AZRebalance, AlarmNotification, HealthCheck, ReplaceUnhealthy, ScheduledActions]
    Properties:
      MinSize: "{least}"
      MaxSize: "{most}"
      VPCZoneIdentifier: !Ref Subnets
      TargetGroupARNs: [!Ref Targets]
      HealthCheckType: ELB
      HealthCheckGracePeriod: {start}
      LaunchTemplate:
        LaunchTemplateId: !Ref Machine
        Version: !GetAtt Machine.LatestVersionNumber
{follows}"""
