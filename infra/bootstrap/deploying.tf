# What applying a plan to one environment takes. Terraform creates, tags, changes, reads and removes every resource of
# it, so for a service whose resources carry our names the right is all of that service on those names alone; what
# callers sent is denied on top (`no_data`, `no_objects`). Where ids are drawn by AWS, single actions are named.
locals {
  named_resources = {
    for env in var.environments : env => {
      application-autoscaling = ["application-autoscaling:${local.regional}:scalable-target/*"]
      autoscaling             = ["autoscaling:${local.regional}:autoScalingGroup:*:autoScalingGroupName/callscribe-${env}-*"]
      budgets                 = ["budgets::${local.account}:budget/callscribe-${env}*"]
      cloudtrail              = ["cloudtrail:${local.regional}:trail/callscribe-${env}*"]
      cloudwatch              = ["cloudwatch:${local.regional}:alarm:callscribe-${env}-*", "cloudwatch::${local.account}:dashboard/callscribe-${env}*"]
      dynamodb                = ["dynamodb:${local.regional}:table/callscribe-${env}-*"]
      ecs = [
        "ecs:${local.regional}:cluster/callscribe-${env}", "ecs:${local.regional}:capacity-provider/callscribe-${env}-*",
        "ecs:${local.regional}:service/callscribe-${env}/*", "ecs:${local.regional}:task-definition/callscribe-${env}-*:*",
      ]
      events = ["events:${local.regional}:rule/callscribe-${env}-*"]
      lambda = ["lambda:${local.regional}:function:callscribe-${env}-*"]
      logs = [
        for group in ["/aws/lambda/callscribe-${env}-*", "/aws/ecs/containerinsights/callscribe-${env}*", "/callscribe/${env}/*", "aws-waf-logs-callscribe-${env}*"] :
        "logs:${local.regional}:log-group:${group}"
      ]
      s3             = ["s3:::callscribe-${env}-*-${local.account}"]
      scheduler      = ["scheduler:${local.regional}:schedule/*/callscribe-${env}-*", "scheduler:${local.regional}:schedule-group/callscribe-${env}*"]
      secretsmanager = ["secretsmanager:${local.regional}:secret:callscribe-${env}/*"]
      sns            = ["sns:${local.regional}:callscribe-${env}-*"]
      sqs            = ["sqs:${local.regional}:callscribe-${env}-*"]
      wafv2          = ["wafv2:${local.regional}:regional/webacl/callscribe-${env}-*/*", "wafv2:${local.regional}:regional/managedruleset/*/*"]
    }
  }

  # Actions that AWS grants on everything or not at all, and those on things whose id AWS draws.
  unnamed_actions = [
    "apigateway:SetWebACL", "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeInstanceRefreshes",
    "autoscaling:DescribeScalingActivities", "autoscaling:DescribeTags", "cloudtrail:DescribeTrails",
    "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions", "cloudwatch:DeleteAnomalyDetector", "cloudwatch:DescribeAlarms",
    "cloudwatch:DescribeAnomalyDetectors", "cloudwatch:PutAnomalyDetector", "ecs:DeregisterTaskDefinition",
    "ecs:DescribeTaskDefinition", "ecs:ListTasks", "kms:CreateKey", "kms:ListAliases", "kms:ListKeys",
    "lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:GetEventSourceMapping",
    "lambda:ListEventSourceMappings", "lambda:ListTags", "lambda:TagResource", "lambda:UpdateEventSourceMapping",
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DeleteQueryDefinition", "logs:DescribeLogGroups",
    "logs:DescribeQueryDefinitions", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
    "logs:PutQueryDefinition", "logs:PutResourcePolicy", "logs:UpdateLogDelivery", "sns:ListSubscriptions",
    "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "wafv2:GetWebACLForResource", "wafv2:ListTagsForResource",
  ]

  network_actions = [
    for action in [
      "AllocateAddress", "AssociateAddress", "AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroupEgress",
      "AuthorizeSecurityGroupIngress", "CreateFlowLogs", "CreateInternetGateway", "CreateLaunchTemplate",
      "CreateLaunchTemplateVersion", "CreateNatGateway", "CreateRoute", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet",
      "CreateTags", "CreateVpc", "CreateVpcEndpoint", "DeleteFlowLogs", "DeleteInternetGateway", "DeleteLaunchTemplate",
      "DeleteLaunchTemplateVersions", "DeleteNatGateway", "DeleteRoute", "DeleteRouteTable", "DeleteSecurityGroup",
      "DeleteSubnet", "DeleteTags", "DeleteVpc", "DeleteVpcEndpoints", "DetachInternetGateway", "DisassociateAddress",
      "DisassociateRouteTable", "GetManagedPrefixListEntries", "ModifyLaunchTemplate", "ModifySecurityGroupRules",
      "ModifySubnetAttribute", "ModifyVpcAttribute", "ModifyVpcEndpoint", "ReleaseAddress", "ReplaceRoute",
      "ReplaceRouteTableAssociation", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RunInstances",
    ] : "ec2:${action}"
  ]

  role_actions = [
    for action in ["AttachRolePolicy", "CreateRole", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePolicy"] : "iam:${action}"
  ]

  # A managed policy may have 6,144 characters, so the rights go in three.
  deploy_rights = merge([for env in var.environments : {
    "things-${env}" = [
      {
        Sid    = "AllOfAServiceOnOurNames"
        Effect = "Allow"
        # wildcard: on this environment's resources alone; Terraform reads, tags, changes and removes what it makes
        Action   = [for service in sort(keys(local.named_resources[env])) : "${service}:*"]
        Resource = [for rest in flatten(values(local.named_resources[env])) : "arn:${local.partition}:${rest}"]
      },
      {
        Sid    = "OfUnnamedThings"
        Effect = "Allow"
        Action = local.unnamed_actions
        # wildcard: AWS grants these on everything or not at all, or draws the id itself
        Resource  = ["*"]
        Condition = { StringEquals = { "aws:RequestedRegion" = var.region } }
      },
      {
        Sid      = "Gateways"
        Effect   = "Allow"
        Action   = ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:UpdateRestApiPolicy"]
        Resource = [for path in ["restapis", "restapis/*", "tags/*"] : "arn:${local.partition}:apigateway:${var.region}::/${path}"]
      },
    ]
    "network-${env}" = [
      {
        Sid    = "Network"
        Effect = "Allow"
        # wildcard: of the reads
        Action = concat(["ec2:Describe*"], local.network_actions)
        # wildcard: ids of networks are drawn by AWS
        Resource  = ["*"]
        Condition = { StringEquals = { "aws:RequestedRegion" = var.region } }
      },
      {
        Sid    = "KeysByTag"
        Effect = "Allow"
        Action = [
          for action in [
            "CancelKeyDeletion", "CreateGrant", "Decrypt", "DescribeKey", "EnableKeyRotation", "GenerateDataKey", "GetKeyPolicy",
            "GetKeyRotationStatus", "ListResourceTags", "PutKeyPolicy", "ScheduleKeyDeletion", "TagResource", "UpdateKeyDescription",
          ] : "kms:${action}"
        ]
        # wildcard: the id of the environment's key is drawn by AWS; its tag says whose it is
        Resource  = ["arn:${local.partition}:kms:${local.regional}:key/*"]
        Condition = { StringEquals = { "aws:ResourceTag/environment" = env } }
      },
      {
        Sid    = "TagNewKeys"
        Effect = "Allow"
        Action = ["kms:TagResource"]
        # wildcard: a key that is being made has no id yet
        Resource  = ["arn:${local.partition}:kms:${local.regional}:key/*"]
        Condition = { StringEquals = { "aws:RequestTag/environment" = env } }
      },
      {
        Sid      = "HandsOffThePipelines"
        Effect   = "Deny"
        Action   = ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource"]
        Resource = [aws_kms_key.pipelines.arn, aws_kms_key.signing.arn]
      },
      {
        Sid      = "Aliases"
        Effect   = "Allow"
        Action   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
        Resource = ["arn:${local.partition}:kms:${local.regional}:alias/callscribe-${env}", "arn:${local.partition}:kms:${local.regional}:key/*"]
      },
    ]
    "roles-${env}" = [
      local.list_state, local.open_kept, local.keep, local.verify, local.images, local.no_data,
      {
        Sid    = "PoliciesForPeople"
        Effect = "Allow"
        Action = [
          for action in [
            "CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy", "GetPolicyVersion",
            "ListEntitiesForPolicy", "ListPolicyVersions", "TagPolicy", "UntagPolicy",
          ] : "iam:${action}"
        ]
        Resource = ["arn:${local.partition}:iam::${local.account}:policy/callscribe-${env}-*"]
      },
      {
        Sid    = "Roles"
        Effect = "Allow"
        Action = [
          for action in [
            "AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile", "DeleteRole", "GetInstanceProfile", "GetRole",
            "GetRolePolicy", "ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies", "ListRoleTags",
            "RemoveRoleFromInstanceProfile", "TagInstanceProfile", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
          ] : "iam:${action}"
        ]
        Resource = [for kind in ["role", "instance-profile"] : "arn:${local.partition}:iam::${local.account}:${kind}/callscribe-${env}-*"]
      },
      merge(
        {
          Sid      = "WhatRolesMay"
          Effect   = "Allow"
          Action   = local.role_actions
          Resource = ["arn:${local.partition}:iam::${local.account}:role/callscribe-${env}-*"]
        },
        # Without it whoever can merge to main can write a role that may do anything; with it, no more than the boundary.
        var.roles_carry_boundary ? { Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.boundary[env].arn } } } : {},
      ),
      {
        Sid      = "HandRolesOver"
        Effect   = "Allow"
        Action   = ["iam:PassRole"]
        Resource = ["arn:${local.partition}:iam::${local.account}:role/callscribe-${env}-*"]
        Condition = {
          StringEquals = {
            "iam:PassedToService" = [
              for service in ["ec2", "ecs-tasks", "lambda", "scheduler", "vpc-flow-logs"] : "${service}.amazonaws.com"
            ]
          }
        }
      },
      {
        Sid      = "RolesOfServices"
        Effect   = "Allow"
        Action   = ["iam:CreateServiceLinkedRole"]
        Resource = ["arn:${local.partition}:iam::${local.account}:role/aws-service-role/*"]
        Condition = {
          StringEquals = {
            "iam:AWSServiceName" = [
              for service in ["autoscaling", "ecs", "ecs.application-autoscaling", "ops.apigateway", "spot", "wafv2"] : "${service}.amazonaws.com"
            ]
          }
        }
      },
      {
        Sid      = "StateAndPlans"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        Resource = ["${local.state}/${env}/*"]
      },
      {
        Sid      = "ReadPlansAndReleases"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = concat(["${local.state}/plans/${env}/*"], [for prefix in ["functions", "releases"] : "${local.artifacts}/${prefix}/*"])
      },
      {
        Sid      = "SayWhatRuns"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = ["${local.artifacts}/current/${env}.json"]
      },
      {
        Sid    = "NoCallsInBuckets"
        Effect = "Deny"
        Action = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
        # wildcard: a denial of all but state and artifacts
        NotResource = ["${local.state}/*", "${local.artifacts}/*"]
      },
      {
        Sid    = "NoSecretsButTheOneInState"
        Effect = "Deny"
        Action = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"]
        # wildcard: a denial of all but the secret whose version Terraform keeps, and so looks at
        NotResource = ["arn:${local.partition}:secretsmanager:${local.regional}:secret:callscribe-${env}/subject-key-??????"]
      },
      {
        Sid    = "CallsNoFunctionButTheCanary"
        Effect = "Deny"
        Action = ["lambda:InvokeFunction"]
        # wildcard: a denial of all but one
        NotResource = ["arn:${local.partition}:lambda:${local.regional}:function:callscribe-${env}-canary:live"]
      },
    ]
  }]...)
}

resource "aws_iam_policy" "deploy" {
  for_each = local.deploy_rights

  name        = "callscribe-deploy-${each.key}"
  description = "What applying a plan takes, one part of three"
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value })

  lifecycle {
    postcondition {
      condition     = length(self.policy) <= 6144
      error_message = "AWS takes no policy above 6,144 characters and this has ${length(self.policy)}: move a statement to another part."
    }
  }
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = local.deploy_rights

  role       = aws_iam_role.pipeline["deploy-${split("-", each.key)[1]}"].name
  policy_arn = aws_iam_policy.deploy[each.key].arn
}
