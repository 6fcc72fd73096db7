# `fast_scale_in`: a function that gives back machines after 3 empty minutes. The capacity provider's own 15 cannot be
# set (containers-roadmap 1220). All of it is here, its rights too, so that nothing of it is there while it is off.

locals {
  shrinkers = { for key in ["shrink"] : key => { timeout_s = 30, at_once = 1, about = "gives back empty machines, each minute" } if var.fast_scale_in }
}

resource "aws_iam_role" "shrink" {
  for_each = local.shrinkers

  name                 = "${local.name}-${each.key}"
  description          = "The function ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust["lambda"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "shrink" {
  for_each = local.shrinkers

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_arn}/aws/lambda/${local.name}-${each.key}:*"]
  }

  statement {
    sid       = "FindMachines"
    actions   = ["ecs:ListContainerInstances"]
    resources = ["arn:${local.partition}:ecs:${local.regional}:cluster/${local.name}"]
  }

  statement {
    sid       = "MarkAndDrainMachines"
    actions   = ["ecs:DeleteAttributes", "ecs:DescribeContainerInstances", "ecs:PutAttributes", "ecs:UpdateContainerInstancesState"]
    resources = ["arn:${local.partition}:ecs:${local.regional}:container-instance/${local.name}/*"]
  }

  statement {
    sid       = "EndMachines"
    actions   = ["autoscaling:TerminateInstanceInAutoScalingGroup"]
    resources = [for pool in keys(local.pool_max) : "arn:${local.partition}:autoscaling:${local.regional}:autoScalingGroup:*:autoScalingGroupName/${local.name}-${pool}"]
  }

  statement {
    sid     = "SendTraces"
    actions = ["xray:PutSpans", "xray:PutTraceSegments"]
    # wildcard: X-Ray has no resources
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "shrink" {
  for_each = local.shrinkers

  name   = "own"
  role   = aws_iam_role.shrink[each.key].name
  policy = data.aws_iam_policy_document.shrink[each.key].json
}

data "aws_iam_policy_document" "call_shrink" {
  for_each = local.shrinkers

  statement {
    sid       = "CallShrink"
    actions   = ["lambda:InvokeFunction"]
    resources = ["arn:${local.partition}:lambda:${local.regional}:function:${local.name}-${each.key}:live"]
  }
}

resource "aws_iam_role_policy" "call_shrink" {
  for_each = local.shrinkers

  name   = each.key
  role   = aws_iam_role.scheduler.name
  policy = data.aws_iam_policy_document.call_shrink[each.key].json
}
