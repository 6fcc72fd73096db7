# What moves the services: scaling_signal.tf says by what.

resource "aws_appautoscaling_target" "worker" {
  for_each = local.capacity

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.worker[each.key].name}"
  min_capacity       = 0
  max_capacity       = each.value.max

  # The schedule below moves both.
  lifecycle {
    ignore_changes = [min_capacity, max_capacity]
  }
}

resource "aws_appautoscaling_policy" "wait" {
  for_each = local.capacity

  name               = "${local.lane_name[each.key]}-wait"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.worker[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.worker[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.worker[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.target_wait_s
    scale_out_cooldown = 60
    # A worker that has started stays for the next call: starting costs four minutes.
    scale_in_cooldown = 600

    customized_metric_specification {
      dynamic "metrics" {
        for_each = { for id in local.signal_inputs.wait_s : id => local.measured[each.key][id] }

        content {
          id          = metrics.key
          return_data = false

          metric_stat {
            stat = metrics.value.stat

            metric {
              namespace   = metrics.value.namespace
              metric_name = metrics.value.name

              dynamic "dimensions" {
                for_each = metrics.value.dimensions

                content {
                  name  = dimensions.key
                  value = dimensions.value
                }
              }
            }
          }
        }
      }

      dynamic "metrics" {
        for_each = local.computed

        content {
          id          = metrics.key
          expression  = metrics.value
          return_data = metrics.key == "wait_s"
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "step" {
  for_each = local.triggers

  name               = "${local.name}-${each.key}"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.worker[each.value.lane].service_namespace
  scalable_dimension = aws_appautoscaling_target.worker[each.value.lane].scalable_dimension
  resource_id        = aws_appautoscaling_target.worker[each.value.lane].resource_id

  step_scaling_policy_configuration {
    adjustment_type          = local.steps[each.value.kind].type
    cooldown                 = local.steps[each.value.kind].cooldown_s
    min_adjustment_magnitude = local.steps[each.value.kind].magnitude
    metric_aggregation_type  = "Maximum"

    # Bounds count from the alarm's threshold.
    step_adjustment {
      scaling_adjustment          = local.steps[each.value.kind].by
      metric_interval_lower_bound = each.value.kind == "idle" ? null : 0
      metric_interval_upper_bound = each.value.kind == "idle" ? 0 : null
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "trigger" {
  for_each = local.triggers

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "Moves the service: ${each.value.about}."
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  evaluation_periods  = each.value.minutes
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.step[each.key].arn]

  dynamic "metric_query" {
    for_each = {
      for id in distinct(concat(each.value.inputs, flatten([for rule in each.value.rules : local.signal_inputs[rule]]))) :
      id => local.measured[each.value.lane][id]
    }

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = 60
      }
    }
  }

  dynamic "metric_query" {
    for_each = merge(
      { for rule in each.value.rules : rule => local.computed[rule] },
      each.value.kind == "wake" ? { needed = local.wake_rule[each.value.lane] } : {},
    )

    content {
      id          = metric_query.key
      expression  = metric_query.value
      label       = metric_query.key
      return_data = metric_query.key == each.value.result
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "bounds" {
  for_each = local.bounds

  name               = "${local.name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.worker[each.value.lane].service_namespace
  scalable_dimension = aws_appautoscaling_target.worker[each.value.lane].scalable_dimension
  resource_id        = aws_appautoscaling_target.worker[each.value.lane].resource_id
  schedule           = each.value.when
  timezone           = var.office_hours.timezone

  scalable_target_action {
    min_capacity = each.value.min
    max_capacity = each.value.max
  }
}
