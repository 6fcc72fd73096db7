# What the building machine may: be steered by Image Builder, and pull one image.
resource "aws_iam_role" "builder" {
  name        = "callscribe-ami-builder"
  description = "The machine that builds the GPU image"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "builder" {
  for_each = toset(["AmazonSSMManagedInstanceCore", "EC2InstanceProfileForImageBuilder"])

  role       = aws_iam_role.builder.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/${each.key}"
}

resource "aws_iam_role_policy" "builder" {
  name = "pull"
  role = aws_iam_role.builder.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "PullTheWorker"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = ["arn:${local.partition}:ecr:${var.region}:${local.account}:repository/callscribe-worker"]
      },
      {
        Sid    = "LogInToTheRegistry"
        Effect = "Allow"
        Action = ["ecr:GetAuthorizationToken"]
        # wildcard: it has no resource
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_instance_profile" "builder" {
  name = "callscribe-ami-builder"
  role = aws_iam_role.builder.name
}
