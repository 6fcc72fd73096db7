# A wrong environment fails the plan: one run for each rule of variables.tf.

run "a_long_name_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    env = "production-frankfurt"
  }

  expect_failures = [var.env]
}

run "a_region_outside_the_eu_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    region = "eu-west-2"
    azs    = ["eu-west-2a", "eu-west-2b"]
  }

  expect_failures = [var.region]
}

run "the_same_zone_twice_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    azs = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.azs]
}

run "a_zone_of_another_region_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    azs = ["eu-central-1a", "eu-west-1a"]
  }

  expect_failures = [var.azs]
}

run "production_in_one_zone_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    azs = ["eu-central-1a"]
  }

  expect_failures = [var.azs]
}

run "an_unknown_way_out_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    egress = "vpn"
  }

  expect_failures = [var.egress]
}

run "production_with_public_workers_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    egress = "public"
  }

  expect_failures = [var.egress]
}

run "production_without_deletion_protection_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    deletion_protection = false
  }

  expect_failures = [var.deletion_protection]
}

run "production_without_the_boundary_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    boundary = false
  }

  expect_failures = [var.boundary]
}

run "a_name_for_an_organization_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    api = { organization_id = "our-company" }
  }

  expect_failures = [var.api]
}

run "a_subnet_for_an_endpoint_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    api = { internal_vpc_endpoint_ids = ["subnet-0123456789abcdef0"] }
  }

  expect_failures = [var.api]
}

run "a_burst_below_the_rate_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    api = { rate_per_s = 500, burst = 100 }
  }

  expect_failures = [var.api]
}

run "every_origin_in_production_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    cors_origins = ["*"]
  }

  expect_failures = [var.cors_origins]
}

run "audio_beyond_the_ceiling_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    retention = { audio_days = 181 }
  }

  expect_failures = [var.retention]
}

run "transcripts_beyond_the_ceiling_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    retention = { transcript_days = 366 }
  }

  expect_failures = [var.retention]
}

run "days_that_cloudwatch_lacks_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    retention = { log_days = 100 }
  }

  expect_failures = [var.retention]
}

run "every_bucket_as_source_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    source_buckets = ["arn:aws:s3:::*"]
  }

  expect_failures = [var.source_buckets]
}

run "every_queue_as_subscriber_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    subscribers = ["arn:aws:sqs:eu-central-1:123456789012:*"]
  }

  expect_failures = [var.subscribers]
}

run "unknown_traces_are_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    traces = "jaeger"
  }

  expect_failures = [var.traces]
}

run "an_address_without_a_host_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    alarm_emails = ["ml-platform"]
  }

  expect_failures = [var.alarm_emails]
}

run "production_whose_alarms_nobody_hears_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    alarm_emails = []
  }

  expect_failures = [var.alarm_emails]
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    monthly_budget_usd = 0
  }

  expect_failures = [var.monthly_budget_usd]
}
