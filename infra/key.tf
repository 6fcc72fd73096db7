# One key for everything that is kept, and who may use it.

resource "aws_kms_key" "main" {
  description             = "${local.name}: everything that is kept"
  deletion_window_in_days = var.deletion_protection ? 30 : 7
  enable_key_rotation     = true
  policy                  = jsonencode({ Version = "2012-10-17", Statement = local.key_use })
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}

locals {
  # As JSON and not as a policy document: in a key's policy `*` means this key alone, which tools that read documents
  # take for every key there is.
  key_use = [
    {
      # Without it nobody could ever change this policy again. Roles of the account still need a right of their own.
      Sid       = "LetAccountDecide"
      Effect    = "Allow"
      Action    = "kms:*" # wildcard: see above
      Resource  = "*"     # wildcard: this key
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
    },
    {
      # Without it, S3 to an encrypted queue and an alarm to an encrypted topic vanish, and nothing says so.
      Sid       = "LetServicesPassOn"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*" # wildcard: this key
      Principal = { Service = [for service in ["budgets", "cloudwatch", "events", "s3", "sns"] : "${service}.amazonaws.com"] }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    },
    {
      Sid       = "LetLogsEncrypt"
      Effect    = "Allow"
      Action    = ["kms:Decrypt*", "kms:DescribeKey", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"] # wildcard: as CloudWatch Logs asks for
      Resource  = "*"                                                                                           # wildcard: this key
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.regional}:log-group:*" } }
    },
    {
      Sid       = "LetTrailEncrypt"
      Effect    = "Allow"
      Action    = ["kms:DescribeKey", "kms:GenerateDataKey*"] # wildcard: as CloudTrail asks for
      Resource  = "*"                                         # wildcard: this key
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
    },
    {
      # Auto Scaling starts instances with encrypted disks by a role of its own; so the key `aws/ebs` lets it in too.
      Sid    = "LetDisksBeMade"
      Effect = "Allow"
      Action = [
        "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom", "kms:ReEncryptTo",
      ]
      Resource  = "*" # wildcard: this key
      Principal = { AWS = "*" }
      Condition = { StringEquals = {
        "kms:CallerAccount" = local.account
        "kms:ViaService"    = "ec2.${var.region}.amazonaws.com"
      } }
    },
  ]
}
