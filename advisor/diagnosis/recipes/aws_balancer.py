"""An Application Load Balancer and an Auto Scaling group on AWS, as a CloudFormation template."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.prediction import TARGET
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.recipes.nginx import Choice

PLATFORM: Final = "AWS ALB"

_ALGORITHM: Final = {
    Choice.ROUND_ROBIN: "round_robin",
    Choice.LEAST_CONNECTIONS: "least_outstanding_requests",
    Choice.COOKIE: "round_robin",
    Choice.IP_HASH: "round_robin",
}


def steps(machines: Workload, choice: Choice, rate: float) -> tuple[Step, ...]:
    """The balancer, the group behind it, and how it follows the load.

    Args:
        machines: `copies` are machines that run at least, `most` at most.
        choice: who gets a request; by address means by the balancer's cookie, as it knows nothing else.
        rate: requests per second that one machine carries at the target utilization; NaN follows the processor.
    """
    return (
        Step("Describe the balancer and the group. The image starts the service at boot; new machines join by "
             "themselves, and one that fails its checks is replaced. TLS ends at the balancer.",
             PLATFORM, "balancer.cfn.yaml", template(machines, choice, rate)),
        Step("Create or change it.", PLATFORM, "shell",
             f"aws cloudformation deploy --stack-name {machines.label}-balancer --template-file balancer.cfn.yaml \\\n"
             "  --parameter-overrides Vpc=VPC Subnets=SUBNET-1,SUBNET-2 Image=AMI Type=INSTANCE-TYPE "
             "Certificate=ARN"),
    )  # fmt: skip


def template(machines: Workload, choice: Choice, rate: float) -> str:
    """The CloudFormation template, as YAML."""
    sticky = choice in (Choice.COOKIE, Choice.IP_HASH)
    follows = _CPU.format(target=round(TARGET * 100))
    if not math.isnan(rate):
        follows = _REQUESTS.format(target=max(1, round(rate * 60)))  # the balancer counts per minute
    return _TEMPLATE.format(
        name=machines.label,
        port=machines.port,
        least=machines.copies,
        most=machines.most,
        algorithm=_ALGORITHM[choice],
        sticky=_STICKY if sticky else "",
        follows=follows,
    )


_STICKY: Final = """        - {Key: stickiness.enabled, Value: "true"}
        - {Key: stickiness.type, Value: lb_cookie}
"""

_CPU: Final = """        TargetValue: {target}
        PredefinedMetricSpecification: {{PredefinedMetricType: ASGAverageCPUUtilization}}
"""

_REQUESTS: Final = """        TargetValue: {target} # requests per minute and machine
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
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Vpc
      Protocol: HTTP
      Port: {port}
      HealthCheckPath: /health # must fail as soon as the process shuts down
      HealthCheckIntervalSeconds: 10
      HealthyThresholdCount: 2
      UnhealthyThresholdCount: 2
      TargetGroupAttributes:
        - {{Key: load_balancing.algorithm.type, Value: {algorithm}}}
        - {{Key: deregistration_delay.timeout_seconds, Value: "30"}}
{sticky}  Secure:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Protocol: HTTPS
      Port: 443
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
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy:
      AutoScalingRollingUpdate: {{MinInstancesInService: {least}, MaxBatchSize: 1, PauseTime: PT1M}}
    Properties:
      MinSize: "{least}"
      MaxSize: "{most}"
      VPCZoneIdentifier: !Ref Subnets
      TargetGroupARNs: [!Ref Targets]
      HealthCheckType: ELB
      HealthCheckGracePeriod: 120
      LaunchTemplate:
        LaunchTemplateId: !Ref Machine
        Version: !GetAtt Machine.LatestVersionNumber
  Following:
    Type: AWS::AutoScaling::ScalingPolicy
    DependsOn: Secure
    Properties:
      AutoScalingGroupName: !Ref Group
      PolicyType: TargetTrackingScaling
      EstimatedInstanceWarmup: 120
      TargetTrackingConfiguration:
{follows}"""
