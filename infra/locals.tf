# Names, and the arithmetic of capacity. Where a number comes from stands beside it.

locals {
  name = "callscribe-${var.env}"

  tags = {
    project     = "callscribe"
    environment = var.env
    managed_by  = "terraform"
  }

  # Queue, service, task family and log stream of a lane all bear this name.
  lane_name = { for lane in keys(var.lanes) : lane => "${local.name}-${lane}" }

  log_group = {
    access = "/callscribe/${var.env}/access"
    flow   = "/callscribe/${var.env}/flow"
    worker = "/callscribe/${var.env}/worker"
    # WAF insists on the beginning of the name.
    waf = "aws-waf-logs-${local.name}"
  }
}

locals {
  # Call-seconds that arrive in a second of the busiest hour.
  peak = var.load.reps * var.load.calls_per_rep_day * var.load.mean_call_seconds * var.load.peak_hour_share / 3600

  # Call-seconds that one worker does in a second, what each job costs beside the engine included. With the bare
  # speed 3 of 8 simulated days miss the goal (p95 up to 50 min), with this none does.
  effective_r = var.load.mean_call_seconds / (var.load.mean_call_seconds / var.worker.measured_r + var.worker.job_overhead_seconds)

  # A worker is planned to be busy 70 % of the time: above that waits grow faster than load.
  planned_r = 0.7 * local.effective_r

  # 1.6: what a day may be above the mean day. 2: a rollout or a lost Spot instance must not stop the lane.
  peak_workers = max(2, ceil(1.6 * local.peak / local.planned_r))

  # What the mean hour of the office needs. Always there, they cost less than starting and stopping them all day: at
  # 1,000 reps 5 of them bill 63 GPU hours a day, 1 bills 87 (simulated: callscribe plan --reps 1000 --floor N).
  office_load  = var.load.reps * var.load.calls_per_rep_day * var.load.mean_call_seconds / (3600 * local.office_hours)
  mean_workers = max(1, ceil(local.office_load / local.planned_r))
  office_hours = local.hour_of[var.office_hours.close] - local.hour_of[var.office_hours.open]

  night_hours = (
    24 - local.hour_of[var.nightly.start] + local.hour_of[var.nightly.deadline]
  )
  night_workers = max(1, ceil(var.load.nightly_audio_hours / (local.planned_r * local.night_hours)))

  # Moments of the day in hours, as HH:MM.
  hour_of = {
    for time in distinct([var.nightly.start, var.nightly.deadline, var.office_hours.open, var.office_hours.close]) :
    time => tonumber(substr(time, 0, 2)) + tonumber(substr(time, 3, 2)) / 60
  }
}

locals {
  # What scaling needs to know of each lane: see scaling.tf.
  capacity = {
    for lane, wanted in var.lanes : lane => {
      profile = wanted.profile
      floor   = wanted.floor != null ? wanted.floor : wanted.profile == "responsive" ? local.mean_workers : 0
      goal_s  = wanted.goal_seconds
      max     = wanted.profile == "night" ? local.night_workers : coalesce(var.worker.max, local.peak_workers)
      # A night lane keeps one worker within reach by day, for whoever sends a batch at noon.
      quiet_max = wanted.profile == "night" ? 1 : coalesce(var.worker.max, local.peak_workers)
      # Time left for waiting once a worker was started; where none is left, workers are warm, and a fifth of the
      # goal is kept as reserve (300 s and 240 s to ready give the same 60 s).
      target_wait_s = max(wanted.goal_seconds - var.worker.ready_seconds, wanted.goal_seconds / 5)
      wait_room_s   = wanted.goal_seconds - var.worker.ready_seconds
    }
  }

  # Any of the two pools must be able to carry the live lane alone: Spot may be dry.
  pool_max = {
    ondemand = coalesce(var.worker.on_demand_max, local.capacity["interactive"].max)
    spot     = sum([for lane in values(local.capacity) : lane.max])
  }
}

locals {
  # The parts of HH:MM as cron wants them: minute, hour, without leading zeros.
  clock = {
    for time in distinct([var.office_hours.open, var.office_hours.close, var.nightly.start, var.nightly.deadline]) :
    time => join(" ", [for part in reverse(split(":", time)) : tonumber(part)])
  }

  cron = {
    open     = "cron(${local.clock[var.office_hours.open]} ? * ${var.office_hours.days} *)"
    close    = "cron(${local.clock[var.office_hours.close]} ? * ${var.office_hours.days} *)"
    nightly  = "cron(${local.clock[var.nightly.start]} * * ? *)"
    deadline = "cron(${local.clock[var.nightly.deadline]} * * ? *)"
  }
}
