# What a person needs for `callscribe keys`, `callscribe admin` and the guide's two secrets: attach both policies to the
# role that operators take. It reads everything and heals jobs; it removes nothing, and writes no audio and no transcript.

data "aws_iam_policy_document" "operator" {
  statement {
    sid       = "ReadRows"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]
    resources = [local.table_arn]
  }

  statement {
    sid       = "FindRows"
    actions   = ["dynamodb:Query"]
    resources = [local.index_arn["belonging"], local.index_arn["listed"]]
  }

  statement {
    sid       = "GiveKeysAndRebuild"
    actions   = ["dynamodb:PutItem"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["A#*", "K#*", "KEYS", "T#*#BATCHES", "T#*#J#*"]
    }
  }

  statement {
    sid       = "TakeKeysAndRedrive"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["A#*", "K#*", "T#*#J#*"]
    }
  }

  statement {
    sid       = "ReadObjects"
    actions   = ["s3:GetObject"]
    resources = concat([local.folder["audio"], local.folder["requests"], local.folder["transcripts"]], local.source_objects)
  }

  statement {
    sid       = "LookAtPinnedAudio"
    actions   = ["s3:GetObjectVersion"]
    resources = concat([local.folder["audio"]], local.source_objects)
  }

  statement {
    sid       = "WalkThroughObjects"
    actions   = ["s3:ListBucketVersions"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "SeeWhatIsMissing"
    actions   = ["s3:ListBucket"]
    resources = concat([local.bucket_arn], var.source_buckets)
  }

  # A job that is tried again and whose audio came too late the first time.
  statement {
    sid       = "KeepRequests"
    actions   = ["s3:PutObject"]
    resources = [local.folder["requests"]]
  }

  statement {
    sid       = "RingDoorbells"
    actions   = ["sqs:SendMessage"]
    resources = local.lanes
  }

  statement {
    sid       = "GiveCanaryItsKey"
    actions   = ["secretsmanager:PutSecretValue"]
    resources = [local.secret_arn["canary-key"]]
  }

  # Kept where a lost region does not reach it: with another key nobody's calls are found again.
  statement {
    sid       = "SaveSubjectKey"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [local.secret_arn["subject-key"]]
  }
}

resource "aws_iam_policy" "operator" {
  for_each = {
    operator     = data.aws_iam_policy_document.operator.json
    operator-key = data.aws_iam_policy_document.key["operator"].json
  }

  name        = "${local.name}-${each.key}"
  description = "callscribe keys and callscribe admin on the environment ${var.env}"
  policy      = each.value
}
