# What is called by the clock.

locals {
  schedules = merge({ for key in keys(local.shrinkers) : key => { when = "rate(1 minute)", retries = 0, max_age_s = 60, input = {} } }, {
    reconcile = { when = "rate(1 minute)", retries = 0, max_age_s = 60, input = {} }
    # Apart from reconcile, so that slow healing never blinds scaling.
    backlog = { when = "rate(1 minute)", retries = 0, max_age_s = 60, input = {} }
    nightly = { when = local.cron.nightly, retries = 2, max_age_s = 3600, input = { batches = jsondecode(var.nightly.batches) } }
    # Only in these hours a whole call: outside, the canary must not hold a GPU awake.
    canary = { when = "rate(15 minutes)", retries = 0, max_age_s = 60, input = { office_hours = var.office_hours } }
  })
}

resource "aws_scheduler_schedule_group" "main" {
  name = local.name
}

resource "aws_scheduler_schedule" "clock" {
  for_each = local.schedules

  name                         = "${local.name}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.main.name
  schedule_expression          = each.value.when
  schedule_expression_timezone = var.office_hours.timezone
  kms_key_arn                  = aws_kms_key.main.arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.live[each.key].arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode(each.value.input)

    retry_policy {
      maximum_retry_attempts       = each.value.retries
      maximum_event_age_in_seconds = each.value.max_age_s
    }

    # The others come again by themselves; a night comes once.
    dynamic "dead_letter_config" {
      for_each = each.key == "nightly" ? [aws_sqs_queue.dlq["nightly"].arn] : []

      content {
        arn = dead_letter_config.value
      }
    }
  }
}

# A schedule calls and does not wait: when the function itself fails, Lambda decides. A minute later the next call comes
# anyway; a night comes once, so it is tried again, and kept where a person sees it.
resource "aws_lambda_function_event_invoke_config" "clock" {
  for_each = local.schedules

  function_name                = aws_lambda_function.function[each.key].function_name
  qualifier                    = aws_lambda_alias.live[each.key].name
  maximum_retry_attempts       = each.value.retries
  maximum_event_age_in_seconds = each.value.max_age_s

  dynamic "destination_config" {
    for_each = each.key == "nightly" ? [aws_sqs_queue.dlq["nightly"].arn] : []

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}
