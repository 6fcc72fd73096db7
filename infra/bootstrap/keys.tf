# One key for state, plans, artifacts and images; the rights to use it stand in the roles.
resource "aws_kms_key" "pipelines" {
  description             = "callscribe: Terraform state, saved plans, artifacts, images"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RolesOfThisAccountDecide"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
      # wildcard: the key's own policy; without it nobody could ever change the key again
      Action = ["kms:*"]
      # wildcard: in a key's policy it means this key
      Resource = "*"
    }]
  })
}

resource "aws_kms_alias" "pipelines" {
  name          = "alias/callscribe-pipelines"
  target_key_id = aws_kms_key.pipelines.key_id
}

# Signs each release: what was built on main, and nothing else, may be deployed. The private half never leaves KMS.
resource "aws_kms_key" "signing" {
  description              = "callscribe: signs releases"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RolesOfThisAccountDecide"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        # wildcard: the key's own policy; without it nobody could ever change the key again
        Action = ["kms:*"]
        # wildcard: in a key's policy it means this key
        Resource = "*"
      },
      {
        Sid       = "OnlyTheBuildSigns"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["kms:Sign"]
        # wildcard: in a key's policy it means this key
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:PrincipalArn" = "arn:${local.partition}:iam::${local.account}:role/callscribe-build" } }
      },
    ]
  })
}

resource "aws_kms_alias" "signing" {
  name          = "alias/callscribe-signing"
  target_key_id = aws_kms_key.signing.key_id
}
