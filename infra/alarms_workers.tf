# Is there a worker where there is work, is it at work, and is it as fast as was measured?

locals {
  alarms_of_workers = {
    work-without-worker = {
      priority    = "P1"
      reason      = "Live calls wait and no worker came in time: no Spot, no quota, or an image that does not start"
      of          = [local.patience_min, local.patience_min]
      threshold   = 0
      expressions = { forsaken = "IF(${local.work_s} > 0 AND FILL(running, 0) < 1, 1, 0)" }
      metrics     = local.work
    }
    tasks-pending = {
      priority    = "P2"
      reason      = "A worker has been asked for and found no instance for a quarter of an hour"
      of          = [15, 15]
      threshold   = 0
      expressions = { pending = "FILL(interactive, 0) + FILL(batch, 0)" }
      metrics = { for lane in ["interactive", "batch"] : lane => {
        namespace  = "ECS/ContainerInsights", name = "PendingTaskCount", stat = "Minimum"
        dimensions = { ClusterName = aws_ecs_cluster.main.name, ServiceName = local.lane_name[lane] }
      } }
    }
    at-ceiling = {
      priority  = "P2"
      reason    = "All workers that may run do run, and calls still wait twice as long as scaling aims at"
      of        = [30, 30]
      threshold = 0
      expressions = {
        held_back = "IF(FILL(running, 0) >= ${local.capacity["interactive"].max} AND ${local.wait_s} > ${2 * local.capacity["interactive"].target_wait_s}, 1, 0)"
      }
      metrics = { for id in local.signal_inputs.wait_s : id => local.measured["interactive"][id] }
    }
    worker-stalled = {
      priority  = "P1"
      reason    = "Workers hold jobs and not one window of speech came out of an engine for six minutes"
      of        = [6, 6]
      threshold = 0
      expressions = {
        stalled = join(" + ", [for lane in ["interactive", "batch"] :
        "IF(FILL(busy_${lane}, 0) > 0 AND FILL(done_${lane}, 0) < 1, 1, 0)"])
      }
      metrics = merge([for lane in ["interactive", "batch"] : {
        "busy_${lane}" = { name = "WorkersBusy", stat = "Maximum", dimensions = { lane = lane } }
        "done_${lane}" = { name = "WindowsDone", stat = "Sum", dimensions = { lane = lane } }
      }]...)
    }
    worker-restarts = {
      priority    = "P2"
      reason      = "Workers ended the same bad way more than three times in a quarter of an hour"
      period      = 900
      of          = [1, 1]
      threshold   = local.alarm_at.restarts
      expressions = { most = "MAX([${join(", ", [for how in keys(local.ended_badly) : "FILL(${how}, 0)"])}])" }
      metrics = { for how, code in local.ended_badly : how => {
        name = "WorkerExits", stat = "Sum", dimensions = { code = code }
      } }
    }
    slow-engine = {
      priority   = "P2"
      reason     = "The median engine has half its measured speed, so the computed number of workers is too small"
      of         = [15, 15]
      comparison = "LessThanThreshold"
      threshold  = local.alarm_at.engine_share * var.worker.measured_r
      expressions = {
        slowest = "MIN([FILL(interactive, ${var.worker.measured_r}), FILL(batch, ${var.worker.measured_r})])"
      }
      metrics = { for lane in ["interactive", "batch"] : lane => merge(local.measured[lane].speed, { stat = "p50" }) }
    }
    gpu-memory = {
      priority    = "P3"
      reason      = "A card is nearly full, so the next long batch may not fit"
      of          = [10, 10]
      threshold   = local.alarm_at.gpu_memory_ratio
      expressions = { fullest = "MAX([FILL(interactive, 0), FILL(batch, 0)])" }
      metrics = { for lane in ["interactive", "batch"] : lane => {
        name = "GpuMemoryRatio", stat = "Maximum", dimensions = { lane = lane }
      } }
    }
    # The forecast of the budget goes to the same topic by itself: AWS Budgets makes no metric of it.
    spend = {
      priority  = "P3"
      reason    = "AWS took back more than three Spot instances in an hour, so work is done twice and on demand"
      period    = 3600
      of        = [1, 1]
      threshold = local.alarm_at.spot_notices
      metrics = { notices = {
        namespace  = "AWS/Events", name = "TriggeredRules", stat = "Sum"
        dimensions = { RuleName = aws_cloudwatch_event_rule.spot_notice.name }
      } }
    }
  }
  # The economy profile lets calls wait on purpose, but not beyond its goal.
  patience_min = var.lanes.interactive.profile == "economy" ? ceil(var.lanes.interactive.goal_seconds / 60) : 10

  visible   = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum" }
  in_flight = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesNotVisible", stat = "Maximum" }
  work      = { for id in concat(local.signal_inputs.work_s, ["running"]) : id => local.measured["interactive"][id] }

  # The same arithmetic as scaling's: where `backlog` is silent, messages stand for seconds. An alarm on waiting must
  # outlive the function that counts.
  work_s = local.computed.work_s
  wait_s = replace(local.computed.wait_s, "work_s", local.work_s)
}
