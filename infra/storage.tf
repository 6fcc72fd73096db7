# The bucket of the calls, and the table that is the truth of every job.

resource "aws_s3_bucket" "calls" {
  bucket        = "${local.name}-calls-${local.account}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_notification" "calls" {
  bucket = aws_s3_bucket.calls.id

  queue {
    id            = "audio-uploaded"
    queue_arn     = aws_sqs_queue.uploads.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "audio/"
  }

  # S3 sends a test message at once, and refuses a queue that does not take it.
  depends_on = [aws_sqs_queue_policy.uploads]
}

# A backstop: the reconciler removes what retention ends, on time and with a record of it. A day of grace keeps the two
# from meeting.
resource "aws_s3_bucket_lifecycle_configuration" "calls" {
  bucket = aws_s3_bucket.calls.id

  dynamic "rule" {
    for_each = {
      "audio/"       = var.retention.audio_days + 1
      "listening/"   = var.retention.audio_days + 1
      "requests/"    = var.retention.audio_days + 1
      "transcripts/" = var.retention.transcript_days + 1
      # Checkpoints of long calls: no job lives longer than a day.
      "work/" = 2
    }

    content {
      id     = "expire-${trimsuffix(rule.key, "/")}"
      status = "Enabled"

      filter {
        prefix = rule.key
      }

      expiration {
        days = rule.value
      }
    }
  }

  rule {
    id     = "forget-replaced"
    status = "Enabled"

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  # Rules about old versions need versions.
  depends_on = [aws_s3_bucket_versioning.own]
}

resource "aws_s3_bucket_cors_configuration" "calls" {
  bucket = aws_s3_bucket.calls.id

  # The presigned URL is the permission; this only lets a page use it: our own, and whoever is named. To play a
  # recording asks nobody: a media element takes it from any origin.
  cors_rule {
    allowed_methods = ["PUT"]
    allowed_origins = concat([local.api_origin["public"]], var.cors_origins)
    allowed_headers = ["*"]
    expose_headers  = ["ETag", "x-amz-version-id"]
    max_age_seconds = 3000
  }
}

# Once it was there only where an origin was named. Without this the old one's end would remove the new one's rule.
moved {
  from = aws_s3_bucket_cors_configuration.calls["browsers"]
  to   = aws_s3_bucket_cors_configuration.calls
}

locals {
  # The same as shared/job/indexes.py; a test holds the two against each other.
  table_indexes = {
    listed    = { hash = "listed_in", range = "id", type = "S", carried = ["status", "lane", "tags", "batch_id", "revision", "revision_of", "created_at", "completed_at", "options", "audio", "retention", "result"] }
    called    = { hash = "called", range = "id", type = "S", carried = [] }
    subject   = { hash = "subject_hmac", range = "id", type = "S", carried = [] }
    belonging = { hash = "belongs_to", range = "id", type = "S", carried = ["status"] }
    due       = { hash = "check_shard", range = "next_check_at", type = "N", carried = ["status", "lane", "tenant", "id", "audio_s", "queued_at", "deadline_at"] }
  }

  # zipmap: two indexes may share a field.
  key_fields = merge(
    { pk = "S", sk = "S" },
    { for index in local.table_indexes : index.hash => "S" },
    zipmap([for index in local.table_indexes : index.range], [for index in local.table_indexes : index.type]),
  )
}

resource "aws_dynamodb_table" "jobs" {
  name                        = "${local.name}-jobs"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = local.key_fields

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.table_indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash
      range_key          = global_secondary_index.value.range
      projection_type    = length(global_secondary_index.value.carried) > 0 ? "INCLUDE" : "KEYS_ONLY"
      non_key_attributes = length(global_secondary_index.value.carried) > 0 ? global_secondary_index.value.carried : null
    }
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
}
