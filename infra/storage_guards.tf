# What holds for every bucket of ours.

locals {
  buckets = { calls = aws_s3_bucket.calls, trail = aws_s3_bucket.trail }
}

resource "aws_s3_bucket_public_access_block" "own" {
  for_each = local.buckets

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "own" {
  for_each = local.buckets

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# A job pins the version of its audio: a later upload cannot change what is heard.
resource "aws_s3_bucket_versioning" "own" {
  for_each = local.buckets

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "own" {
  for_each = local.buckets

  bucket = each.value.id

  rule {
    # One data key for many objects: S3 asks KMS a hundredth as often.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

data "aws_iam_policy_document" "tls_only" {
  for_each = { for key, bucket in local.buckets : key => bucket.arn }

  statement {
    sid       = "RefusePlainHttp"
    effect    = "Deny"
    actions   = ["s3:*"] # wildcard: a refusal of all of them
    resources = [each.value, "${each.value}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

data "aws_iam_policy_document" "calls" {
  source_policy_documents = [data.aws_iam_policy_document.tls_only["calls"].json]

  # Whoever comes second adopts the transcript that is there; nobody can write over it, not even by mistake.
  statement {
    sid       = "WriteTranscriptsOnce"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.calls.arn}/transcripts/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["true"]
    }

    # The parts of a multipart upload carry no such header, its completion does.
    condition {
      test     = "Bool"
      variable = "s3:ObjectCreationOperation"
      values   = ["true"]
    }
  }
}

resource "aws_s3_bucket_policy" "calls" {
  bucket = aws_s3_bucket.calls.id
  policy = data.aws_iam_policy_document.calls.json

  depends_on = [aws_s3_bucket_public_access_block.own]
}
