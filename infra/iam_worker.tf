# The worker's container, the agent that starts it, and the machine that both stand on.

resource "aws_iam_role" "worker" {
  name                 = "${local.name}-worker"
  description          = "The worker: reads audio, writes transcripts, settles jobs"
  assume_role_policy   = data.aws_iam_policy_document.trust["ecs"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "worker" {
  statement {
    sid       = "SettleJobs"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["T#*#J#*", "T#*#WATERMARKS"]
    }
  }

  statement {
    sid       = "TellOfItself"
    actions   = ["dynamodb:PutItem"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["T#*#WATERMARKS", "WORKERS"]
    }
  }

  statement {
    sid       = "TakeLeave"
    actions   = ["dynamodb:DeleteItem"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["WORKERS"]
    }
  }

  statement {
    sid       = "ReadAudio"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = concat(["${local.bucket_arn}/audio/*"], local.source_objects)
  }

  statement {
    sid       = "ReadAndWriteWork"
    actions   = ["s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/transcripts/*", "${local.bucket_arn}/work/*"]
  }

  # Of a call that was erased meanwhile nothing may stay.
  statement {
    sid       = "WriteListening"
    actions   = ["s3:DeleteObjectVersion", "s3:PutObject"]
    resources = ["${local.bucket_arn}/listening/*"]
  }

  statement {
    sid       = "SweepWork"
    actions   = ["s3:ListBucketVersions"]
    resources = [local.bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["listening/*", "transcripts/*", "work/*"]
    }
  }

  # Without it S3 answers 403 instead of 404 where nothing is. A HEAD names no prefix that a condition could hold.
  statement {
    sid       = "SeeWhatIsMissing"
    actions   = ["s3:ListBucket"]
    resources = concat([local.bucket_arn], var.source_buckets)
  }

  statement {
    sid       = "TakeDoorbells"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
    resources = [local.queue_arn["batch"], local.queue_arn["interactive"]]
  }

  statement {
    sid       = "TellEvents"
    actions   = ["sns:Publish"]
    resources = [local.events_arn]
  }

  statement {
    sid       = "StayWhileBusy"
    actions   = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    resources = ["arn:${local.partition}:ecs:${local.regional}:task/${local.name}/*"]
  }

  statement {
    sid     = "SendTraces"
    actions = ["xray:PutSpans", "xray:PutTraceSegments"]
    # wildcard: X-Ray has no resources
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "worker" {
  for_each = {
    own = data.aws_iam_policy_document.worker.json
    key = data.aws_iam_policy_document.key["worker"].json
  }

  name   = each.key
  role   = aws_iam_role.worker.name
  policy = each.value
}

# --- what starts it ----------------------------------------------------------------------------------------------

locals {
  # Of an ECR repository the account and region too: images may lie in another account than the environment.
  image = regex("^(?:(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.[^/]+|[^/]+)/(?P<name>.+)$", var.worker_image.repository)
}

resource "aws_iam_role" "execution" {
  name                 = "${local.name}-execution"
  description          = "ECS: pulls the worker's image and opens its log"
  assume_role_policy   = data.aws_iam_policy_document.trust["ecs"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:${coalesce(local.image.region, var.region)}:${coalesce(local.image.account, local.account)}:repository/${local.image.name}"]
  }

  statement {
    sid     = "EnterRegistry"
    actions = ["ecr:GetAuthorizationToken"]
    # wildcard: the token is the account's, no repository can be named
    resources = ["*"]
  }

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_arn}/callscribe/${var.env}/worker:*"]
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "own"
  role   = aws_iam_role.execution.name
  policy = data.aws_iam_policy_document.execution.json
}

# --- the machine -------------------------------------------------------------------------------------------------

# No AmazonEC2ContainerServiceforEC2Role: it may do all of it to every cluster of the account. No shell either.
resource "aws_iam_role" "instance" {
  name                 = "${local.name}-instance"
  description          = "The ECS agent of a GPU machine"
  assume_role_policy   = data.aws_iam_policy_document.trust["ec2"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "instance" {
  statement {
    sid = "JoinCluster"
    actions = [
      "ecs:DeregisterContainerInstance",
      "ecs:RegisterContainerInstance",
      "ecs:SubmitAttachmentStateChanges",
      "ecs:SubmitContainerStateChange",
      "ecs:SubmitTaskStateChange",
    ]
    resources = ["arn:${local.partition}:ecs:${local.regional}:cluster/${local.name}"]
  }

  statement {
    sid       = "TakeTasks"
    actions   = ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"]
    resources = ["arn:${local.partition}:ecs:${local.regional}:container-instance/${local.name}/*"]
  }

  statement {
    sid     = "FindAgentEndpoint"
    actions = ["ecs:DiscoverPollEndpoint"]
    # wildcard: an address that is the same for every cluster, asked for before there is one
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "instance" {
  name   = "own"
  role   = aws_iam_role.instance.name
  policy = data.aws_iam_policy_document.instance.json
}

resource "aws_iam_instance_profile" "gpu" {
  name = "${local.name}-gpu"
  role = aws_iam_role.instance.name
}
