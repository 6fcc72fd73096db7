# The most that any role of an environment may ever do, whatever its own policy says: work on the environment's things,
# write logs, metrics and traces, pull images. It can make no role, take no other role, and touch no pipeline.
resource "aws_iam_policy" "boundary" {
  for_each = toset(var.environments)

  name        = "callscribe-boundary-${each.key}"
  description = "The most that a role of ${each.key} may do"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "WorkOnTheEnvironment"
        Effect = "Allow"
        # wildcard: a boundary grants nothing; what a role may is the part of this that its own policy names
        Action = ["dynamodb:*", "ecs:*", "lambda:InvokeFunction", "logs:*", "secretsmanager:GetSecretValue", "sns:Publish", "sqs:*"]
        Resource = [
          for rest in concat(
            flatten([for service in ["dynamodb", "ecs", "lambda", "logs", "secretsmanager", "sns", "sqs"] : local.named_resources[each.key][service]]),
            ["dynamodb:${local.regional}:table/callscribe-${each.key}-*/index/*", "ecs:${local.regional}:*/callscribe-${each.key}*"],
          ) : "arn:${local.partition}:${rest}"
        ]
      },
      {
        Sid    = "OnWhatHasNoNameOfOurs"
        Effect = "Allow"
        # wildcard: as above; source buckets of other teams, machines and their agents
        Action = ["autoscaling:*", "cloudwatch:*", "ec2:*", "ecr:*", "ecs:*", "kms:*", "s3:*", "ssmmessages:*", "xray:*"]
        # wildcard: as above
        Resource = ["*"]
      },
      {
        Sid    = "NeverThePipelines"
        Effect = "Deny"
        # wildcard: a denial takes away
        Action = ["s3:*", "kms:*"]
        # wildcard: a denial takes away
        Resource = [local.state, "${local.state}/*", local.artifacts, "${local.artifacts}/*", aws_kms_key.pipelines.arn, aws_kms_key.signing.arn]
      },
    ]
  })
}
