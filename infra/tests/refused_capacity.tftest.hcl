# A capacity that cannot hold fails the plan: one run for each rule of variables_capacity.tf and checks.tf.

run "a_load_of_nobody_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load = { reps = 0 }
  }

  expect_failures = [var.load]
}

run "a_share_in_percent_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load = { peak_hour_share = 14.5 }
  }

  expect_failures = [var.load]
}

run "calls_longer_than_an_hour_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load = { mean_call_seconds = 3601 }
  }

  expect_failures = [var.load]
}

run "a_worker_without_speed_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    worker = { measured_r = 0 }
  }

  expect_failures = [var.worker]
}

run "a_stop_that_outlasts_a_spot_notice_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    worker = { stop_timeout_seconds = 121 }
  }

  expect_failures = [var.worker]
}

run "a_heartbeat_of_nothing_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    worker = { heartbeat_seconds = 0 }
  }

  expect_failures = [var.worker]
}

run "no_workers_at_all_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    worker = { on_demand_max = 0 }
  }

  expect_failures = [var.worker]
}

run "an_unknown_profile_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { interactive = { profile = "cheap" } }
  }

  expect_failures = [var.lanes]
}

run "a_goal_that_nobody_can_reach_from_zero_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { interactive = { goal_seconds = 240, floor = 0 } }
  }

  expect_failures = [var.lanes]
}

run "a_message_that_dies_at_once_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { batch = { max_receive_count = 1 } }
  }

  expect_failures = [var.lanes]
}

run "a_message_visible_within_three_heartbeats_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { interactive = { visibility_timeout_seconds = 59 } }
  }

  expect_failures = [var.lanes]
}

run "a_message_hidden_for_a_day_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { batch = { visibility_timeout_seconds = 43201 } }
  }

  expect_failures = [var.lanes]
}

run "dead_letters_that_go_before_live_messages_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { batch = { retention_days = 14, dead_letter_days = 7 } }
  }

  expect_failures = [var.lanes]
}

run "a_lane_without_a_pool_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { batch = { on_demand_weight = 0, spot_weight = 0 } }
  }

  expect_failures = [var.lanes]
}

run "economy_without_fast_scale_in_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { interactive = { profile = "economy", goal_seconds = 1800 } }
  }

  expect_failures = [var.fast_scale_in]
}

run "office_hours_in_words_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    office_hours = { open = "8 am" }
  }

  expect_failures = [var.office_hours]
}

run "office_hours_over_midnight_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    office_hours = { open = "19:30", close = "07:45" }
  }

  expect_failures = [var.office_hours]
}

run "unknown_office_days_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    office_hours = { days = "weekdays" }
  }

  expect_failures = [var.office_hours]
}

run "an_offset_for_a_time_zone_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    office_hours = { timezone = "+01:00" }
  }

  expect_failures = [var.office_hours]
}

run "a_night_in_words_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    nightly = { start = "midnight" }
  }

  expect_failures = [var.nightly]
}

run "a_night_that_ends_before_midnight_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    nightly = { start = "20:00", deadline = "23:00" }
  }

  expect_failures = [var.nightly]
}

run "a_nightly_batch_without_tenant_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    nightly = { batches = "[{\"request\": {}}]" }
  }

  expect_failures = [var.nightly]
}

run "a_ceiling_below_the_peak_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load   = { reps = 1000 }
    worker = { max = 11, on_demand_max = 12 }
  }

  expect_failures = [terraform_data.ceiling]
}

run "a_floor_above_the_ceiling_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { interactive = { floor = 3 } }
  }

  expect_failures = [terraform_data.floor]
}

run "an_on_demand_pool_below_the_peak_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    load   = { reps = 1000 }
    worker = { on_demand_max = 11 }
  }

  expect_failures = [terraform_data.pools]
}

run "a_base_above_the_on_demand_pool_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    lanes = { interactive = { on_demand_base = 3 } }
  }

  expect_failures = [terraform_data.pools]
}
