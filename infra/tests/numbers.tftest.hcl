# What the numbers promise: sizes, waits, hours. Tried on the rules alone (tests/rules), from production's variables.

run "dead_letters_outlive_live_messages" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = alltrue([for lane in values(var.lanes) : lane.dead_letter_days >= lane.retention_days && lane.dead_letter_days == 14])
    error_message = "a dead letter keeps the time at which it was first sent"
  }
}

run "metric_counts_in_flight" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = strcontains(local.computed.work_s, "FILL(visible, 0) + FILL(in_flight, 0)") && contains(local.signal_inputs.work_s, "in_flight")
    error_message = "a message that a worker holds is work: without it scale-in ends busy workers"
  }
}

run "missing_metrics_stop_nothing" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = alltrue([for id in local.signal_inputs.wait_s : strcontains(join(" ", values(local.computed)), "FILL(${id}, ")])
    error_message = "every series is filled: target tracking stops where one has no point"
  }
}

run "a_hundred_reps_need_two_workers" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = local.capacity["interactive"].max == 2
    error_message = "one and a spare for a rollout or a lost Spot instance"
  }
}

run "ten_times_the_load_is_carried" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load = { reps = 1000, nightly_audio_hours = 500 }
  }

  assert {
    condition     = local.capacity["interactive"].max == 12 && local.capacity["batch"].max == 2
    error_message = "1,000 reps at 60 call-seconds a second: 12 workers, and 2 for the night"
  }

  assert {
    condition     = local.capacity["interactive"].floor == 5 && local.capacity["batch"].floor == 0
    error_message = "five are there all day: they cost less than coming and going"
  }

  assert {
    condition     = local.pool_max["ondemand"] == 12 && local.pool_max["spot"] == 14
    error_message = "Spot may be dry: the on-demand pool carries the live lane alone"
  }
}

run "twice_the_speed_does_not_halve_the_ceiling" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load   = { reps = 1000 }
    worker = { measured_r = 120 }
  }

  assert {
    condition     = local.capacity["interactive"].max == 7
    error_message = "1.5 s of overhead a job: 7, not 6"
  }
}

run "many_short_calls_need_more" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load = { reps = 1000, calls_per_rep_day = 40, mean_call_seconds = 240 }
  }

  assert {
    condition     = local.capacity["interactive"].max == 21
    error_message = "40 calls of 4 minutes"
  }
}

run "a_wait_leaves_time_to_start" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = local.capacity["interactive"].target_wait_s == 60
    error_message = "300 s of goal less 240 s until a new worker is ready"
  }

  assert {
    condition     = local.triggers["interactive-burst"].threshold == 180
    error_message = "burst at three times that"
  }

  assert {
    condition     = local.triggers["interactive-wake"].minutes == 1 && local.triggers["interactive-idle"].minutes == 5
    error_message = "wake on one point, sleep on five"
  }
}

run "waking_never_shrinks_a_starting_lane" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = alltrue([for lane, rule in local.wake_rule : startswith(rule, "IF(FILL(desired, 0) < 1 AND work_s > 0")])
    error_message = "it asks for tasks that are wanted: one that only starts is wanted already"
  }
}

run "economy_waits_for_its_deadline" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes         = { interactive = { profile = "economy", goal_seconds = 1800, floor = 0 } }
    fast_scale_in = true
  }

  assert {
    condition     = strcontains(local.wake_rule["interactive"], "slack, 86400) <= 120 OR wait_s >= 1560")
    error_message = "a worker starts for the tightest deadline, or in time for the goal"
  }
}

run "floors_follow_the_office" {
  command = plan

  module {
    source = "./tests/rules"
  }

  assert {
    condition     = local.bounds["interactive-up"].when == "cron(45 7 ? * MON-FRI *)" && local.bounds["interactive-up"].min == 1
    error_message = "the floor is up when the office opens"
  }

  assert {
    condition     = local.bounds["interactive-down"].when == "cron(30 19 ? * MON-FRI *)" && local.bounds["interactive-down"].min == 0
    error_message = "and down when it closes"
  }
}

run "the_night_lane_grows_at_night" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load = { nightly_audio_hours = 500 }
  }

  assert {
    condition     = local.bounds["batch-up"].when == "cron(0 22 * * ? *)" && local.bounds["batch-up"].max == 2
    error_message = "from the start of the night"
  }

  assert {
    condition     = local.bounds["batch-down"].when == "cron(0 6 * * ? *)" && local.bounds["batch-down"].max == 1
    error_message = "to its deadline"
  }
}
