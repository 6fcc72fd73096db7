# What the roles that change nothing may: pull requests, the build, planning and looking for drift.
locals {
  state     = "arn:${local.partition}:s3:::${local.buckets.state}"
  artifacts = "arn:${local.partition}:s3:::${local.buckets.artifacts}"

  list_state = {
    Sid      = "FindState"
    Effect   = "Allow"
    Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
    Resource = [local.state, local.artifacts]
  }
  open_kept = {
    Sid       = "OpenWhatIsKept"
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = [aws_kms_key.pipelines.arn]
    Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
  }
  keep = {
    Sid       = "Keep"
    Effect    = "Allow"
    Action    = ["kms:GenerateDataKey"]
    Resource  = [aws_kms_key.pipelines.arn]
    Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
  }
  verify = {
    Sid      = "VerifyReleases"
    Effect   = "Allow"
    Action   = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Verify"]
    Resource = [aws_kms_key.signing.arn]
  }
  images = {
    Sid      = "FindImages"
    Effect   = "Allow"
    Action   = ["ecr:DescribeImages", "ecr:DescribeRepositories"]
    Resource = [for image in aws_ecr_repository.image : image.arn]
  }

  # Nobody in a pipeline reads what callers sent or what became of it, whatever a wider right says.
  no_data = {
    Sid    = "NoCallsRowsMessagesLogs"
    Effect = "Deny"
    Action = [
      "dynamodb:BatchGetItem", "dynamodb:ExportTableToPointInTime", "dynamodb:GetItem", "dynamodb:GetRecords",
      "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan", "dynamodb:StartAwsBackupJob",
      "ecs:ExecuteCommand",
      "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord", "logs:GetQueryResults", "logs:StartLiveTail",
      "logs:StartQuery", "logs:Unmask",
      "sqs:ReceiveMessage", "ssm:StartSession", "xray:BatchGetTraces",
    ]
    # wildcard: a denial takes away, whatever it names
    Resource = ["*"]
  }
  no_objects = {
    Sid    = "NoObjectsButOurOwn"
    Effect = "Deny"
    Action = ["s3:GetObject", "s3:GetObjectVersion"]
    # wildcard: a denial of all but state and artifacts
    NotResource = ["${local.state}/*", "${local.artifacts}/*"]
  }

  # Any branch can open a pull request, and then run what it likes with this role: no right to write, nor to read more
  # than the state (which holds no secret: those are write-only) and the list of what is deployed.
  plan_rights = [
    local.list_state, local.open_kept, local.no_data, local.no_objects,
    {
      Sid      = "ReadState"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = concat([for env in var.environments : "${local.state}/${env}/terraform.tfstate"], ["${local.artifacts}/current/*"])
    },
    {
      Sid    = "NoSecrets"
      Effect = "Deny"
      Action = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      # wildcard: a denial takes away, whatever it names
      Resource = ["*"]
    },
  ]

  build_rights = [
    local.list_state, local.open_kept, local.keep,
    {
      Sid      = "KeepWhatWasBuilt"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = [for prefix in ["functions", "releases", "sbom"] : "${local.artifacts}/${prefix}/*"]
    },
    {
      Sid      = "TakeTheModel"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["${local.artifacts}/models/*"]
    },
    {
      Sid    = "PushImages"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
        "ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ]
      Resource = [for image in aws_ecr_repository.image : image.arn]
    },
    {
      Sid    = "LogInToTheRegistry"
      Effect = "Allow"
      Action = ["ecr:GetAuthorizationToken"]
      # wildcard: it has no resource
      Resource = ["*"]
    },
    {
      Sid      = "SignReleases"
      Effect   = "Allow"
      Action   = ["kms:DescribeKey", "kms:Sign", "kms:Verify"]
      Resource = [aws_kms_key.signing.arn]
    },
  ]

  # Reads the configuration of everything, for a plan compares it all; AWS's own list of reads, less the data.
  planner_rights = {
    for env in var.environments : env => [
      local.list_state, local.open_kept, local.keep, local.verify, local.images, local.no_data, local.no_objects,
      {
        Sid      = "ReadStateAndReleases"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.state}/${env}/*", "${local.artifacts}/*"]
      },
      {
        Sid      = "SavePlans"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${local.state}/plans/${env}/*"]
      },
      {
        Sid    = "NoSecretsButTheOneInState"
        Effect = "Deny"
        Action = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"]
        # wildcard: a denial of all but the secret whose version Terraform keeps, and so looks at
        NotResource = ["arn:${local.partition}:secretsmanager:${local.regional}:secret:callscribe-${env}/subject-key-??????"]
      },
      {
        Sid      = "LookAtTheSecretInState"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = ["arn:${local.partition}:secretsmanager:${local.regional}:secret:callscribe-${env}/subject-key-??????"]
      },
      {
        Sid    = "OpenTheSecretInState"
        Effect = "Allow"
        Action = ["kms:Decrypt"]
        # wildcard: the environment's key is not made yet when this is applied
        Resource  = ["arn:${local.partition}:kms:${local.regional}:key/*"]
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      },
    ]
  }
}

resource "aws_iam_role_policy" "reading" {
  for_each = merge(
    { plan = local.plan_rights, build = local.build_rights },
    { for env in var.environments : "planner-${env}" => local.planner_rights[env] },
  )

  name   = "own"
  role   = aws_iam_role.pipeline[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "reading" {
  for_each = toset(var.environments)

  role       = aws_iam_role.pipeline["planner-${each.key}"].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
}
