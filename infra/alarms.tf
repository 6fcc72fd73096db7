# Every alarm is a few lines in one of the maps of alarms_*.tf; here they become what CloudWatch wants.
# Its name without the prefix, or `heading`, is a heading of README.md.

locals {
  alarms = merge(
    local.alarms_of_waiting,
    local.alarms_of_workers,
    local.alarms_of_protocol,
    local.alarms_of_outcomes,
    local.alarms_of_api,
  )
  # A rollout that makes one of these ring is stopped and taken back.
  degraded = [
    "interactive-wait", "dead-letters-interactive", "work-without-worker", "jobs-failing", "canary", "canary-wer",
    "api-errors",
  ]
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.value.priority}: ${each.value.reason}. See infra/README.md#${try(each.value.heading, each.key)}"
  comparison_operator = try(each.value.comparison, "GreaterThanThreshold")
  threshold           = try(each.value.threshold, null)
  threshold_metric_id = try(each.value.band, null)
  datapoints_to_alarm = each.value.of[0]
  evaluation_periods  = each.value.of[1]
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = { priority = each.value.priority }

  dynamic "metric_query" {
    for_each = try(each.value.expressions, {})
    content {
      id          = metric_query.key
      expression  = metric_query.value
      label       = metric_query.key
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = each.value.metrics
    content {
      id          = metric_query.key
      return_data = !can(each.value.expressions)
      metric {
        namespace   = try(metric_query.value.namespace, "Callscribe")
        metric_name = metric_query.value.name
        period      = try(each.value.period, 60)
        stat        = metric_query.value.stat
        # Ours all bear the environment.
        dimensions = merge(
          can(metric_query.value.namespace) ? {} : { env = var.env },
          try(metric_query.value.dimensions, {}),
        )
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "degraded" {
  alarm_name        = "${local.name}-degraded"
  alarm_description = "P1: Callers get no text, or not in time, so a rollout stops here. See infra/README.md#degraded"
  alarm_rule        = join(" OR ", [for name in local.degraded : "ALARM(\"${aws_cloudwatch_metric_alarm.alarm[name].alarm_name}\")"])
  alarm_actions     = [aws_sns_topic.alarms.arn]
  ok_actions        = [aws_sns_topic.alarms.arn]
  tags              = { priority = "P1" }
}
