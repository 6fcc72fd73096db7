# Who may do what. Every role has one inline policy of its own, written beside what it is for:
# the worker and its machines in iam_worker.tf, the functions in iam_functions.tf with iam_rights.tf, people in iam_operator.tf.
#
# Resources are named, not referred to: so a plan shows every right in full before anything exists.
# A test holds each ARN here against the planned resources, and each right against what the code asks for.

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  regional  = "${var.region}:${local.account}"

  table_arn  = "arn:${local.partition}:dynamodb:${local.regional}:table/${local.name}-jobs"
  index_arn  = { for index in ["listed", "called", "subject", "belonging", "due"] : index => "${local.table_arn}/index/${index}" }
  bucket_arn = "arn:${local.partition}:s3:::${local.name}-calls-${local.account}"
  events_arn = "arn:${local.partition}:sns:${local.regional}:${local.name}-events"
  secret_arn = { for secret in ["canary-key", "subject-key"] : secret => "arn:${local.partition}:secretsmanager:${local.regional}:secret:${local.name}/${secret}-*" }
  boundary   = var.boundary ? "arn:${local.partition}:iam::${local.account}:policy/callscribe-boundary-${var.env}" : null

  queue_arn = {
    for queue in ["interactive", "interactive-dlq", "batch", "batch-dlq", "uploads", "webhooks", "nightly-dlq"] :
    queue => "arn:${local.partition}:sqs:${local.regional}:${local.name}-${queue}"
  }
  function_arn = { for key in keys(local.function_rights) : key => "arn:${local.partition}:lambda:${local.regional}:function:${local.name}-${key}" }
  log_arn      = "arn:${local.partition}:logs:${local.regional}:log-group:"

  source_objects = [for arn in var.source_buckets : "${arn}/*"]
}

# --- who may take a role -------------------------------------------------------------------------------------------

# A service acts for us alone. Lambda and EC2 take a role only by iam:PassRole, which never crosses accounts, and
# promise no aws:SourceAccount when they do.
data "aws_iam_policy_document" "trust" {
  for_each = {
    ecs       = { service = "ecs-tasks.amazonaws.com", source = "arn:${local.partition}:ecs:${local.regional}:*" }
    ec2       = { service = "ec2.amazonaws.com", source = null }
    lambda    = { service = "lambda.amazonaws.com", source = null }
    scheduler = { service = "scheduler.amazonaws.com", source = "arn:${local.partition}:scheduler:${local.regional}:schedule-group/${local.name}" }
    flow      = { service = "vpc-flow-logs.amazonaws.com", source = "arn:${local.partition}:ec2:${local.regional}:vpc-flow-log/*" }
  }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value.service]
    }

    dynamic "condition" {
      for_each = each.value.source == null ? [] : [
        { test = "StringEquals", variable = "aws:SourceAccount", values = [local.account] },
        { test = "ArnLike", variable = "aws:SourceArn", values = [each.value.source] },
      ]

      content {
        test     = condition.value.test
        variable = condition.value.variable
        values   = condition.value.values
      }
    }
  }
}

# --- what several roles may --------------------------------------------------------------------------------------

# The one key, and only by way of the services that keep something under it: nobody decrypts by hand.
data "aws_iam_policy_document" "key" {
  for_each = local.key_services

  statement {
    sid = "UseKeyThroughServices"
    # A table and a secret are read with the key, and written without a new one of their own.
    actions   = contains(local.only_decrypt, each.key) ? ["kms:Decrypt"] : ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]

    # The scheduler alone decrypts what it sends in the name of its role, not by way of another service.
    dynamic "condition" {
      for_each = length(each.value) > 0 ? [each.value] : []

      content {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for service in condition.value : "${service}.${var.region}.amazonaws.com"]
      }
    }
  }
}

# --- the clock, and the flow log ---------------------------------------------------------------------------------

resource "aws_iam_role" "scheduler" {
  name                 = "${local.name}-scheduler"
  description          = "EventBridge Scheduler: calls the functions that work by the clock"
  assume_role_policy   = data.aws_iam_policy_document.trust["scheduler"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "CallFunctions"
    actions   = ["lambda:InvokeFunction"]
    resources = [for key in ["backlog", "canary", "nightly", "reconcile"] : "${local.function_arn[key]}:live"]
  }

  statement {
    sid       = "KeepWhatCouldNotBeCalled"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn["nightly-dlq"]]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  for_each = {
    own = data.aws_iam_policy_document.scheduler.json
    key = data.aws_iam_policy_document.key["scheduler"].json
  }

  name   = each.key
  role   = aws_iam_role.scheduler.name
  policy = each.value
}

resource "aws_iam_role" "flow" {
  name                 = "${local.name}-flow"
  description          = "VPC flow log: writes what the network refused"
  assume_role_policy   = data.aws_iam_policy_document.trust["flow"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "flow" {
  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${local.log_arn}/callscribe/${var.env}/flow:*"]
  }

  statement {
    sid     = "FindOwnLog"
    actions = ["logs:DescribeLogGroups"]
    # wildcard: the service looks for its group by name, in the list of all of the account
    resources = ["${local.log_arn}*"]
  }
}

resource "aws_iam_role_policy" "flow" {
  name   = "own"
  role   = aws_iam_role.flow.name
  policy = data.aws_iam_policy_document.flow.json
}
