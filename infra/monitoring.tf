# What alarms and dashboard share: where an alarm begins. And what is shown: the dashboard, the questions to the logs.

locals {
  # Where an alarm begins. What depends on a promise or a speed is taken from the variables that state it.
  alarm_at = {
    wait_s                = var.lanes.interactive.goal_seconds
    batch_age_s           = 86400
    nightly_until_hour    = 18 # a night that is unfinished by then is yesterday's
    outbox_s              = 300
    delivery_s            = 900
    fewest                = 20 # of jobs or requests: below, one failure is a large share
    fewest_failures       = 3  # one page for one failure would be a page every few days
    failing_ours_percent  = 2
    failing_input_percent = 20
    api_errors_percent    = 1
    api_p95_s             = 1
    refusals              = 100
    restarts              = 3
    engine_share          = 0.5 # of the measured speed
    gpu_memory_ratio      = 0.95
    canary_wer            = 0.2 # api/functions/canary.py calls it a failure from here on
    spot_notices          = 3
    band_width            = 3 # standard deviations
    suspect_times         = 3 # what is usual
  }
  # Shares of a week in which nothing was wrong: to be set from one's own (README.md, text-suspect).
  usual        = { suppressed = 0.03, retried = 0.05 }
  untold_exits = { crashed = "1", aborted = "134", killed = "137", segfault = "139" }
  ended_badly  = merge(local.untold_exits, { wedged = "70" })
  gpu_usd      = 1.006 # g6.xlarge, on demand, an hour in Frankfurt: api/planning/prices.json
}

locals {
  our_log_groups = concat(
    ["/callscribe/${var.env}/worker"],
    [for key in keys(local.functions) : "/aws/lambda/${local.name}-${key}"],
  )
  failures = join(" | ", [
    "filter message = 'job_ended' and status = 'failed'",
    "stats count(*) as failures, latest(@timestamp) as last_at, latest(job_id) as last_job by code, fault, lane",
    "sort failures desc",
  ])
}

resource "aws_cloudwatch_query_definition" "failures" {
  name            = "${local.name}/last failures by code"
  log_group_names = local.our_log_groups
  query_string    = local.failures
}

resource "aws_cloudwatch_query_definition" "story" {
  name            = "${local.name}/the story of one job"
  log_group_names = local.our_log_groups
  query_string = join(" | ", [
    "fields @timestamp, service, message, stage, fence, attempt, outcome, status, code, cause, error_type, location",
    "filter job_id = 'job_PUT_THE_ID_HERE'",
    "sort @timestamp asc",
  ])
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = local.name
  dashboard_body = templatefile("${path.module}/dashboard.json.tftpl", {
    env             = var.env
    name            = local.name
    region          = var.region
    lanes           = keys(var.lanes)
    functions       = keys(local.functions)
    table           = aws_dynamodb_table.jobs.name
    operations      = local.table_operations
    dlqs            = concat([for lane in values(module.lane) : lane.dlq_name], [for queue in values(aws_sqs_queue.dlq) : queue.name])
    pools           = [for pool in ["ondemand", "spot"] : "${local.name}-${pool}"]
    capacity        = local.capacity
    wait_s          = local.wait_s
    measured_r      = var.worker.measured_r
    goal_s          = local.alarm_at.wait_s
    failing_percent = local.alarm_at.failing_ours_percent
    canary_wer      = local.alarm_at.canary_wer
    p95_s           = local.alarm_at.api_p95_s
    delivery_s      = local.alarm_at.delivery_s
    outbox_s        = local.alarm_at.outbox_s
    gpu_usd         = local.gpu_usd
    budget_usd      = var.monthly_budget_usd
    failures        = "${join(" | ", [for group in local.our_log_groups : "SOURCE '${group}'"])} | ${local.failures}"
  })
}
