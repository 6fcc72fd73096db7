# Two topics: what happened to jobs, for whoever subscribes; and alarms, for us.

resource "aws_sns_topic" "events" {
  name              = "${local.name}-events"
  kms_master_key_id = aws_kms_key.main.arn
  # SHA256; 1 is SHA1.
  signature_version = 2
}

resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = aws_kms_key.main.arn
  signature_version = 2
}

# As it is, without SNS's envelope: the message is the event itself, as a webhook gets it.
resource "aws_sns_topic_subscription" "webhooks" {
  topic_arn            = aws_sns_topic.events.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.webhooks.arn
  raw_message_delivery = true
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq["webhooks"].arn })

  depends_on = [aws_sqs_queue_policy.webhooks]
}

# A queue of another account must confirm the subscription, and its policy must let this topic send.
resource "aws_sns_topic_subscription" "subscriber" {
  for_each = toset(var.subscribers)

  topic_arn            = aws_sns_topic.events.arn
  protocol             = "sqs"
  endpoint             = each.key
  raw_message_delivery = true
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq["subscribers"].arn })

  depends_on = [aws_sqs_queue_policy.dlq]
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

data "aws_iam_policy_document" "topic" {
  for_each = { events = aws_sns_topic.events.arn, alarms = aws_sns_topic.alarms.arn }

  statement {
    sid       = "RefusePlainHttp"
    effect    = "Deny"
    actions   = ["sns:Publish"]
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
    for_each = each.key == "alarms" ? ["alarms"] : []

    content {
      sid       = "TakeAlarms"
      actions   = ["sns:Publish"]
      resources = [each.value]

      principals {
        type        = "Service"
        identifiers = [for service in ["budgets", "cloudwatch", "events"] : "${service}.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }
}

resource "aws_sns_topic_policy" "own" {
  for_each = { events = aws_sns_topic.events.arn, alarms = aws_sns_topic.alarms.arn }

  arn    = each.value
  policy = data.aws_iam_policy_document.topic[each.key].json
}
