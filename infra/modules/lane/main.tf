# A queue of doorbells, and where those go that nobody could answer.

resource "aws_sqs_queue" "dead_letters" {
  name                       = "${var.name}-dlq"
  message_retention_seconds  = var.dead_letter_days * 86400
  visibility_timeout_seconds = 900
  receive_wait_time_seconds  = 20
  kms_master_key_id          = var.kms_key_arn
}

resource "aws_sqs_queue" "live" {
  name                       = var.name
  message_retention_seconds  = var.retention_days * 86400
  visibility_timeout_seconds = var.visibility_timeout_seconds
  # The most SQS allows: an empty queue costs three requests a minute and worker.
  receive_wait_time_seconds = 20
  kms_master_key_id         = var.kms_key_arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.live.arn]
  })
}

data "aws_iam_policy_document" "tls_only" {
  for_each = { live = aws_sqs_queue.live.arn, dead_letters = aws_sqs_queue.dead_letters.arn }

  statement {
    sid       = "RefusePlainHttp"
    effect    = "Deny"
    actions   = ["sqs:*"] # wildcard: a refusal of all of them
    resources = [each.value]

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

resource "aws_sqs_queue_policy" "tls_only" {
  for_each = { live = aws_sqs_queue.live.id, dead_letters = aws_sqs_queue.dead_letters.id }

  queue_url = each.value
  policy    = data.aws_iam_policy_document.tls_only[each.key].json
}
