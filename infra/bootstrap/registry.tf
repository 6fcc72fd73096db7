# Images: a tag names a commit and never moves; what runs is named by digest.
resource "aws_ecr_repository" "image" {
  for_each = toset(["api", "worker"])

  name                 = "callscribe-${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.pipelines.arn
  }
}

# 50 releases are months of rolling back; a release that runs somewhere is never that old.
resource "aws_ecr_lifecycle_policy" "image" {
  for_each = aws_ecr_repository.image

  repository = each.value.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "the newest 50"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 50 }
      action       = { type = "expire" }
    }]
  })
}
