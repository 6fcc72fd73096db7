# What the stack promises: all of it, with a mocked provider. Each run costs seconds, so each makes many promises.

# Answers stand at plan already: an apply costs five times as much and says no more; the real one is made elsewhere.
mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "a_cheap_environment_costs_nothing_idle" {
  command = plan

  variables {
    env           = "dev"
    azs           = ["eu-central-1a"]
    egress        = "public"
    alarm_emails  = []
    fast_scale_in = true
    lanes         = { interactive = { profile = "economy", goal_seconds = 1800, floor = 0, on_demand_base = 0 } }
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_nat_gateway.main) == 0
    error_message = "a way out that costs nothing"
  }

  assert {
    condition     = alltrue([for task in aws_ecs_task_definition.worker : task.network_mode == "bridge"]) && alltrue([for service in aws_ecs_service.worker : length(service.network_configuration) == 0])
    error_message = "a task with an address of its own would get no public one, and reach nothing"
  }

  assert {
    condition     = length(aws_lambda_function.function) == 9 && aws_scheduler_schedule.clock["shrink"].schedule_expression == "rate(1 minute)"
    error_message = "empty instances go at once"
  }
}

run "a_new_version_takes_a_share_first" {
  command = plan

  variables {
    egress = "nat"
    api    = { organization_id = "o-a1b2c3d4e5", internal_vpc_endpoint_ids = ["vpce-0123456789abcdef0"] }
    functions = {
      bucket          = "callscribe-artifacts"
      sha256          = "1111111111111111111111111111111111111111111111111111111111111111"
      new_share       = 0.1
      stable_versions = { api = "7" }
    }
  }

  assert {
    condition     = aws_lambda_alias.live["api"].function_version == "7" && aws_lambda_alias.live["api"].routing_config[0].additional_version_weights["1"] == 0.1
    error_message = "nine of ten calls stay with the version that is known"
  }

  assert {
    condition     = local.new_share["canary"] == 1 && length(aws_lambda_alias.live["canary"].routing_config) == 0
    error_message = "a function that is new has nothing to share with"
  }

  assert {
    condition     = contains(aws_api_gateway_rest_api.gateway["internal"].endpoint_configuration[0].types, "PRIVATE")
    error_message = "with endpoints the internal gateway is private"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_subnet.worker) == 2
    error_message = "one way out for all zones: two would cost what they save"
  }
}

run "production_keeps_its_promises" {
  command = plan

  assert {
    condition     = length(aws_lambda_function.function) == 8 && length(aws_ecs_service.worker) == 2
    error_message = "eight functions and two services"
  }

  assert {
    condition     = alltrue([for function in aws_lambda_function.function : endswith(function.s3_key, "/${var.functions.sha256}.zip")])
    error_message = "functions run the zip by its hash"
  }

  assert {
    condition     = alltrue([for task in aws_ecs_task_definition.worker : endswith(jsondecode(task.container_definitions)[0].image, "@${var.worker_image.digest}")])
    error_message = "workers run the image by its digest"
  }

  assert {
    condition     = alltrue([for task in aws_ecs_task_definition.worker : alltrue([for container in jsondecode(task.container_definitions) : container.readonlyRootFilesystem && container.user == "10001" && container.linuxParameters.capabilities.drop == ["ALL"]])])
    error_message = "a worker can write nowhere, is nobody, and may nothing"
  }

  assert {
    condition     = alltrue([for policy in aws_appautoscaling_policy.wait : contains([for metric in policy.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics : metric.id], "in_flight")])
    error_message = "target tracking reads messages in flight"
  }

  assert {
    condition     = alltrue([for target in aws_appautoscaling_target.worker : target.min_capacity == 0 && target.max_capacity >= 1])
    error_message = "services are made at zero"
  }

  assert {
    condition     = anytrue([for share in aws_ecs_service.worker["interactive"].capacity_provider_strategy : share.base == 1 && endswith(share.capacity_provider, "-ondemand")])
    error_message = "the first live worker is on demand"
  }

  assert {
    condition     = alltrue([for share in aws_ecs_service.worker["batch"].capacity_provider_strategy : endswith(share.capacity_provider, "-spot")])
    error_message = "a night is Spot only"
  }

  assert {
    condition     = alltrue([for pool in module.gpu_pool : pool.guards == { protect_from_scale_in = true, capacity_rebalance = false, termination_protection = "ENABLED", draining = "ENABLED" }])
    error_message = "a busy instance is never ended"
  }

  assert {
    condition     = aws_dynamodb_table.jobs.deletion_protection_enabled && !aws_s3_bucket.calls.force_destroy && aws_secretsmanager_secret.subject_key.recovery_window_in_days == 30
    error_message = "table, calls and key survive a destroy"
  }

  assert {
    condition     = aws_dynamodb_table.jobs.point_in_time_recovery[0].recovery_period_in_days == 35
    error_message = "a mistake of five weeks ago can be undone"
  }

  assert {
    condition     = length(aws_internet_gateway.main) == 0 && length(aws_nat_gateway.main) == 0 && length(aws_vpc_endpoint.interface) == 11
    error_message = "with endpoints there is no way in or out"
  }

  assert {
    condition     = !contains(keys(aws_vpc_security_group_egress_rule.worker), "anywhere")
    error_message = "and workers speak to AWS's services alone"
  }

  assert {
    condition     = length(aws_api_gateway_gateway_response.refusal) == 26
    error_message = "thirteen refusals of two gateways"
  }

  assert {
    condition     = alltrue([for refusal in local.refusals : length(setsubtract(["type", "title", "status", "detail", "code", "retryable", "request_id", "errors"], keys(jsondecode(refusal.body)))) == 0])
    error_message = "each is a whole problem"
  }

  assert {
    condition     = local.refusals["THROTTLED"].headers["Retry-After"] == "'1'" && local.refusals["INTEGRATION_TIMEOUT"].status == 503
    error_message = "and says when to come again"
  }

  assert {
    condition     = alltrue([for key, method in aws_api_gateway_method.any : method.authorization == (startswith(key, "internal") ? "AWS_IAM" : "NONE")])
    error_message = "the internal gateway checks signatures"
  }

  assert {
    condition     = alltrue([for mapping in aws_lambda_event_source_mapping.queue : contains(mapping.function_response_types, "ReportBatchItemFailures")])
    error_message = "one bad message holds up no other"
  }

  assert {
    condition     = anytrue([for filter in aws_budgets_budget.monthly.cost_filter : contains(filter.values, "user:environment$prod")])
    error_message = "the budget counts this environment alone"
  }
}
