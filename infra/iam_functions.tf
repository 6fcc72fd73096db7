# One role a function, with the rights that iam_rights.tf lists for it.

resource "aws_iam_role" "function" {
  for_each = local.function_rights

  name                 = "${local.name}-${each.key}"
  description          = "The function ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust["lambda"].json
  permissions_boundary = local.boundary
}

data "aws_iam_policy_document" "function" {
  for_each = local.function_rights

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_arn}/aws/lambda/${local.name}-${each.key}:*"]
  }

  statement {
    sid     = "SendTraces"
    actions = ["xray:PutSpans", "xray:PutTraceSegments"]
    # wildcard: X-Ray has no resources
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = contains(local.reads_subject_key, each.key) ? ["ReadSubjectKey"] : []

    content {
      sid       = statement.value
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [local.secret_arn["subject-key"]]
    }
  }

  dynamic "statement" {
    # Without source buckets there is nothing to allow, and a statement without a resource is refused.
    for_each = [for right in each.value : right if length(right.resources) > 0]

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = concat(
          [for keys in try([statement.value.keys], []) : { test = "ForAllValues:StringLike", variable = "dynamodb:LeadingKeys", values = keys }],
          [for prefixes in try([statement.value.prefixes], []) : { test = "StringLike", variable = "s3:prefix", values = prefixes }],
        )

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "function" {
  for_each = local.function_rights

  name   = "own"
  role   = aws_iam_role.function[each.key].name
  policy = data.aws_iam_policy_document.function[each.key].json
}

resource "aws_iam_role_policy" "function_key" {
  for_each = local.function_rights

  name   = "key"
  role   = aws_iam_role.function[each.key].name
  policy = data.aws_iam_policy_document.key[each.key].json
}
