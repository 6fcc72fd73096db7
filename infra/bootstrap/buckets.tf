# state: Terraform's state, a lock beside it, and saved plans for a day. artifacts: what is deployed, by hash, for good.
locals {
  buckets = {
    state     = "callscribe-state-${local.account}"
    artifacts = "callscribe-artifacts-${local.account}"
  }
  expiry_days = { plans = 1, old_states = 90, old_artifacts = 30, broken_uploads = 1 }
}

# Without force_destroy a bucket that holds anything cannot be removed.
resource "aws_s3_bucket" "kept" {
  for_each = local.buckets

  bucket = each.value
}

resource "aws_s3_bucket_versioning" "kept" {
  for_each = local.buckets

  bucket = aws_s3_bucket.kept[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "kept" {
  for_each = local.buckets

  bucket = aws_s3_bucket.kept[each.key].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.pipelines.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "kept" {
  for_each = local.buckets

  bucket                  = aws_s3_bucket.kept[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "kept" {
  for_each = local.buckets

  bucket = aws_s3_bucket.kept[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.kept["state"].id

  rule {
    id     = "a saved plan may hold secrets, and is applied within a day or never"
    status = "Enabled"

    filter {
      prefix = "plans/"
    }

    expiration {
      days = local.expiry_days.plans
    }

    noncurrent_version_expiration {
      noncurrent_days = local.expiry_days.plans
    }
  }

  rule {
    id     = "old states"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = local.expiry_days.old_states
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = local.expiry_days.broken_uploads
    }
  }

  depends_on = [aws_s3_bucket_versioning.kept]
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = aws_s3_bucket.kept["artifacts"].id

  rule {
    id     = "what was overwritten or deleted; what is deployed stays"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = local.expiry_days.old_artifacts
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = local.expiry_days.broken_uploads
    }
  }

  depends_on = [aws_s3_bucket_versioning.kept]
}

resource "aws_s3_bucket_policy" "kept" {
  for_each = local.buckets

  bucket = aws_s3_bucket.kept[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        # wildcard: a denial takes away, whatever it names
        Action    = ["s3:*"]
        Resource  = ["arn:${local.partition}:s3:::${each.value}", "arn:${local.partition}:s3:::${each.value}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      each.key == "state" ? [] : [{
        Sid       = "WhatIsReleasedIsNeverWrittenTwice"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["s3:PutObject"]
        Resource  = [for prefix in ["functions", "releases", "sbom"] : "arn:${local.partition}:s3:::${each.value}/${prefix}/*"]
        Condition = { Null = { "s3:if-none-match" = "true" } }
      }],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.kept]
}
