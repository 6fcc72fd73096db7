# What no process of ours can tell: how a worker was ended, and that AWS takes a machine back.

# EventBridge writes to no group of another name from the console, and this keeps it findable there.
resource "aws_cloudwatch_log_group" "events" {
  name              = "/aws/events/${local.name}"
  retention_in_days = var.retention.log_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name     = "${local.name}-events"
  policy_document = data.aws_iam_policy_document.events.json
}

# EventBridge creates streams in nobody's name; what it writes, it writes in that of a rule.
data "aws_iam_policy_document" "events" {
  dynamic "statement" {
    for_each = {
      "logs:CreateLogStream" = []
      "logs:PutLogEvents"    = [aws_cloudwatch_event_rule.worker_exit.arn, aws_cloudwatch_event_rule.spot_notice.arn]
    }
    content {
      actions   = [statement.key]
      resources = ["${aws_cloudwatch_log_group.events.arn}:*"]
      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
      }
      dynamic "condition" {
        for_each = length(statement.value) > 0 ? [statement.value] : []
        content {
          test     = "ArnEquals"
          variable = "aws:SourceArn"
          values   = condition.value
        }
      }
    }
  }
}

# A worker that ends by itself tells its code; one that was killed tells nothing, so ECS does.
resource "aws_cloudwatch_event_rule" "worker_exit" {
  name        = "${local.name}-worker-exit"
  description = "A worker's task has stopped"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail      = { clusterArn = [aws_ecs_cluster.main.arn], lastStatus = ["STOPPED"] }
  })
}

resource "aws_cloudwatch_event_target" "worker_exit" {
  rule = aws_cloudwatch_event_rule.worker_exit.name
  arn  = aws_cloudwatch_log_group.events.arn
  input_transformer {
    input_paths = {
      at    = "$.time"
      group = "$.detail.group"
      why   = "$.detail.stopCode"
      code  = "$.detail.containers[0].exitCode"
    }
    # Text, for a line that is JSON would have to be JSON within JSON.
    input_template = "{\"timestamp\": <at>, \"message\": \"worker_exited ${var.env} <group> <why> <code>\"}"
  }
}

resource "aws_cloudwatch_log_metric_filter" "worker_exit" {
  name           = "${local.name}-worker-exit"
  log_group_name = aws_cloudwatch_log_group.events.name
  pattern        = "[fact=worker_exited, env, group, why, ${join(" || ", [for code in local.untold_exits : "code=${code}"])}]"
  metric_transformation {
    namespace  = "Callscribe"
    name       = "WorkerExits"
    value      = "1"
    unit       = "Count"
    dimensions = { env = "$env", code = "$code" }
  }
}

# A notice names the instance and nothing else, so those of other systems in the account are counted too.
resource "aws_cloudwatch_event_rule" "spot_notice" {
  name          = "${local.name}-spot-notice"
  description   = "AWS takes a Spot instance back in two minutes"
  event_pattern = jsonencode({ source = ["aws.ec2"], detail-type = ["EC2 Spot Instance Interruption Warning"] })
}

resource "aws_cloudwatch_event_target" "spot_notice" {
  rule = aws_cloudwatch_event_rule.spot_notice.name
  arn  = aws_cloudwatch_log_group.events.arn
  input_transformer {
    input_paths    = { at = "$.time", instance = "$.detail.instance-id" }
    input_template = "{\"timestamp\": <at>, \"message\": \"spot_notice ${var.env} <instance>\"}"
  }
}
