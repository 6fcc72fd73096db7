# How many workers: by the seconds of calls that wait, never by the number of messages (with lognormal lengths a count
# misjudges the work by 30 % at 10 jobs, and visible messages vanish the moment they are received).

locals {
  # What is measured, per lane; one minute each.
  measured = {
    for lane in keys(var.lanes) : lane => {
      queued    = { namespace = "Callscribe", name = "QueuedAudioSeconds", stat = "Maximum", dimensions = { env = var.env, lane = lane } }
      slack     = { namespace = "Callscribe", name = "DeadlineSlackSeconds", stat = "Minimum", dimensions = { env = var.env, lane = lane } }
      speed     = { namespace = "Callscribe", name = "MeasuredR", stat = "Average", dimensions = { env = var.env, lane = lane } }
      visible   = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesVisible", stat = "Maximum", dimensions = { QueueName = local.lane_name[lane] } }
      in_flight = { namespace = "AWS/SQS", name = "ApproximateNumberOfMessagesNotVisible", stat = "Maximum", dimensions = { QueueName = local.lane_name[lane] } }
      desired   = { namespace = "ECS/ContainerInsights", name = "DesiredTaskCount", stat = "Maximum", dimensions = { ClusterName = local.name, ServiceName = local.lane_name[lane] } }
      running   = { namespace = "ECS/ContainerInsights", name = "RunningTaskCount", stat = "Maximum", dimensions = { ClusterName = local.name, ServiceName = local.lane_name[lane] } }
    }
  }

  # FILL everywhere: where one series has no point, target tracking stops altogether.
  computed = {
    # Call-seconds that wait or are being worked on. Should `backlog` be silent, messages count, in flight included.
    work_s = "IF(FILL(queued, -1) >= 0, FILL(queued, 0), (FILL(visible, 0) + FILL(in_flight, 0)) * ${var.load.mean_call_seconds})"
    # Seconds until the last of them is done, at the speed that workers show.
    wait_s = "work_s / FILL(speed, ${var.worker.measured_r}) / IF(FILL(running, 0) > 0, FILL(running, 0), 1)"
  }

  signal_inputs = {
    work_s = ["queued", "visible", "in_flight"]
    wait_s = ["queued", "visible", "in_flight", "speed", "running"]
  }

  # Economy lets calls wait until a worker must start for the tightest deadline, or the goal. 120 s: a minute until the
  # next look and a minute that a metric takes. With 60 the simulated day missed the half hour by a second.
  wake_rule = {
    for lane, capacity in local.capacity : lane => capacity.profile == "economy" ? (
      "IF(FILL(desired, 0) < 1 AND work_s > 0 AND (FILL(slack, 86400) <= 120 OR wait_s >= ${capacity.wait_room_s}), 1, 0)"
    ) : "IF(FILL(desired, 0) < 1 AND work_s > 0, 1, 0)"
  }
}

locals {
  # The alarms that move a service, and how. Each looks at minutes, `minutes` in a row.
  triggers = {
    for pair in setproduct(keys(var.lanes), ["wake", "burst", "idle"]) : "${pair[0]}-${pair[1]}" => merge(
      { lane = pair[0], kind = pair[1] },
      {
        # From zero: one point is enough, where target tracking wants three and cannot divide by none. It asks for
        # tasks that are wanted, not that run: else it would hold the lane at one while that one starts.
        wake = {
          minutes = 1, operator = "GreaterThanThreshold", threshold = 0, result = "needed"
          inputs  = local.capacity[pair[0]].profile == "economy" ? ["desired", "slack"] : ["desired"]
          rules   = local.capacity[pair[0]].profile == "economy" ? ["work_s", "wait_s"] : ["work_s"]
          about   = "work, and no worker: the first one starts"
        }
        burst = {
          minutes = 1, operator = "GreaterThanThreshold", threshold = 3 * local.capacity[pair[0]].target_wait_s, result = "wait_s"
          inputs  = [], rules = ["work_s", "wait_s"]
          about   = "three times the wait that is aimed at: half as many workers more"
        }
        idle = {
          minutes = 5, operator = "LessThanOrEqualToThreshold", threshold = 0, result = "work_s"
          inputs  = [], rules = ["work_s"]
          about   = "five minutes without work: down to the floor"
        }
      }[pair[1]],
    )
  }

  steps = {
    wake  = { type = "ExactCapacity", by = 1, magnitude = null, cooldown_s = 60 }
    burst = { type = "PercentChangeInCapacity", by = 50, magnitude = 1, cooldown_s = 60 }
    # Held at the minimum that the schedule has set: App Auto Scaling goes no lower.
    idle = { type = "ExactCapacity", by = 0, magnitude = null, cooldown_s = 60 }
  }
}

# When the floors hold: a live lane's in office hours, a night lane's at night.

locals {
  bounds = merge([
    for lane, capacity in local.capacity : {
      "${lane}-up" = {
        lane = lane, when = capacity.profile == "night" ? local.cron.nightly : local.cron.open
        min  = capacity.floor, max = capacity.max
      }
      "${lane}-down" = {
        lane = lane, when = capacity.profile == "night" ? local.cron.deadline : local.cron.close
        min  = 0, max = capacity.quiet_max
      }
    }
  ]...)
}
