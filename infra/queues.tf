# Two lanes for calls; a queue for upload events, one for webhooks; and the dead letters of all.

module "lane" {
  source   = "./modules/lane"
  for_each = var.lanes

  name                       = local.lane_name[each.key]
  visibility_timeout_seconds = each.value.visibility_timeout_seconds
  max_receive_count          = each.value.max_receive_count
  retention_days             = each.value.retention_days
  dead_letter_days           = each.value.dead_letter_days
  kms_key_arn                = aws_kms_key.main.arn
}

locals {
  fortnight_s = 14 * 86400

  # Six times the function's timeout, as Lambda asks for: a batch that is held back by throttling stays hidden.
  consumer_visibility_s = 6 * 30
  # Less than a lane's ten: here a function has failed each time, not a worker been lost.
  consumer_receives = 5
}

# nightly: a night that could not be started. subscribers: events that a queue of another team did not take.
resource "aws_sqs_queue" "dlq" {
  for_each = toset(["uploads", "webhooks", "nightly", "subscribers"])

  name                       = "${local.name}-${each.key}-dlq"
  message_retention_seconds  = local.fortnight_s
  visibility_timeout_seconds = 900
  receive_wait_time_seconds  = 20
  kms_master_key_id          = aws_kms_key.main.arn
}

resource "aws_sqs_queue" "uploads" {
  name                       = "${local.name}-uploads"
  message_retention_seconds  = local.fortnight_s
  visibility_timeout_seconds = local.consumer_visibility_s
  receive_wait_time_seconds  = 20
  kms_master_key_id          = aws_kms_key.main.arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dlq["uploads"].arn
    maxReceiveCount     = local.consumer_receives
  })
}

resource "aws_sqs_queue" "webhooks" {
  name                       = "${local.name}-webhooks"
  message_retention_seconds  = local.fortnight_s
  visibility_timeout_seconds = local.consumer_visibility_s
  receive_wait_time_seconds  = 20
  kms_master_key_id          = aws_kms_key.main.arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dlq["webhooks"].arn
    maxReceiveCount     = local.consumer_receives
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dlq" {
  for_each = { uploads = aws_sqs_queue.uploads.arn, webhooks = aws_sqs_queue.webhooks.arn }

  queue_url = aws_sqs_queue.dlq[each.key].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [each.value]
  })
}

locals {
  # Who may send without a role of ours: the service, and the one resource in whose name.
  senders = {
    uploads     = { arn = aws_sqs_queue.uploads.arn, service = "s3.amazonaws.com", source = aws_s3_bucket.calls.arn }
    webhooks    = { arn = aws_sqs_queue.webhooks.arn, service = "sns.amazonaws.com", source = aws_sns_topic.events.arn }
    subscribers = { arn = aws_sqs_queue.dlq["subscribers"].arn, service = "sns.amazonaws.com", source = aws_sns_topic.events.arn }
    # What SNS could not hand to the queue of webhooks.
    webhooks-dlq = { arn = aws_sqs_queue.dlq["webhooks"].arn, service = "sns.amazonaws.com", source = aws_sns_topic.events.arn }
  }

  tls_only_queues = {
    uploads-dlq = aws_sqs_queue.dlq["uploads"].arn
    nightly     = aws_sqs_queue.dlq["nightly"].arn
  }
}

data "aws_iam_policy_document" "queue" {
  for_each = merge({ for key, sender in local.senders : key => sender.arn }, local.tls_only_queues)

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

  dynamic "statement" {
    for_each = [for key, sender in local.senders : sender if key == each.key]

    content {
      sid       = "TakeFromSource"
      actions   = ["sqs:SendMessage"]
      resources = [each.value]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value.source]
      }

      # The ARN of a bucket names no account: somebody could make the bucket again after it was removed.
      dynamic "condition" {
        for_each = statement.value.service == "s3.amazonaws.com" ? [local.account] : []

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_sqs_queue_policy" "uploads" {
  queue_url = aws_sqs_queue.uploads.id
  policy    = data.aws_iam_policy_document.queue["uploads"].json
}

resource "aws_sqs_queue_policy" "webhooks" {
  queue_url = aws_sqs_queue.webhooks.id
  policy    = data.aws_iam_policy_document.queue["webhooks"].json
}

resource "aws_sqs_queue_policy" "dlq" {
  for_each = { subscribers = "subscribers", webhooks = "webhooks-dlq", uploads = "uploads-dlq", nightly = "nightly" }

  queue_url = aws_sqs_queue.dlq[each.key].id
  policy    = data.aws_iam_policy_document.queue[each.value].json
}
