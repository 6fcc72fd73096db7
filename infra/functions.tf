# One zip, eight functions (and shrink.tf's): how long and how often each may run, and what calls it.

locals {
  functions = merge(local.shrinkers, {
    # The gateway gives up after 29 s: a second earlier we still say why.
    api         = { timeout_s = 28, at_once = -1, about = "answers the public and the internal API" }
    uploaded    = { timeout_s = 30, at_once = -1, about = "queues jobs whose audio has come" }
    reconcile   = { timeout_s = 55, at_once = 2, about = "heals, each minute" }
    backlog     = { timeout_s = 30, at_once = -1, about = "counts what waits, each minute" }
    deliver     = { timeout_s = 30, at_once = -1, about = "posts webhooks" }
    deadletters = { timeout_s = 60, at_once = -1, about = "ends the jobs of dead letters" }
    nightly     = { timeout_s = 900, at_once = -1, about = "makes the batches of the night" }
    canary      = { timeout_s = 300, at_once = -1, about = "transcribes a known call" }
  })

  # 75 MB are used; memory buys CPU, and with less a cold start takes seconds.
  function_memory_mib = 512

  function_environment = merge(local.shared_environment, {
    CALLSCRIBE_QUEUE_UPLOADS_URL  = aws_sqs_queue.uploads.url
    CALLSCRIBE_QUEUE_WEBHOOKS_URL = aws_sqs_queue.webhooks.url
    CALLSCRIBE_SUBJECT_KEY_SECRET = aws_secretsmanager_secret.subject_key.arn
    CALLSCRIBE_CANARY_KEY_SECRET  = aws_secretsmanager_secret.canary_key.arn
    CALLSCRIBE_INTERNAL_API_ID    = aws_api_gateway_rest_api.gateway["internal"].id
    CALLSCRIBE_CLUSTER            = aws_ecs_cluster.main.name
  })

  function_roles = merge(
    { for key, role in aws_iam_role.function : key => role.arn },
    { for key, role in aws_iam_role.shrink : key => role.arn },
  )

  # Who is told: a name of a secret is of no use to others. All else is for everyone.
  told = {
    CALLSCRIBE_SUBJECT_KEY_SECRET = local.reads_subject_key
    CALLSCRIBE_CANARY_KEY_SECRET  = ["canary"]
    CALLSCRIBE_CLUSTER            = ["shrink"]
  }

  # What functions and workers alike must know.
  shared_environment = merge({
    CALLSCRIBE_ENV                       = var.env
    CALLSCRIBE_LOG_FORMAT                = "json"
    CALLSCRIBE_BUCKET                    = aws_s3_bucket.calls.bucket
    CALLSCRIBE_ALLOWED_BUCKETS           = join(",", [for arn in var.source_buckets : split(":::", arn)[1]])
    CALLSCRIBE_TABLE                     = aws_dynamodb_table.jobs.name
    CALLSCRIBE_TOPIC_ARN                 = aws_sns_topic.events.arn
    CALLSCRIBE_BASE_URL                  = local.api_url["public"]
    CALLSCRIBE_QUEUE_INTERACTIVE_URL     = module.lane["interactive"].queue_url
    CALLSCRIBE_QUEUE_INTERACTIVE_DLQ_URL = module.lane["interactive"].dlq_url
    CALLSCRIBE_QUEUE_BATCH_URL           = module.lane["batch"].queue_url
    CALLSCRIBE_QUEUE_BATCH_DLQ_URL       = module.lane["batch"].dlq_url
    CALLSCRIBE_TRACES                    = var.traces
    }, var.traces == "otlp" ? {
    CALLSCRIBE_TRACES_ENDPOINT = "https://xray.${var.region}.amazonaws.com/v1/traces"
  } : {})
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = var.retention.log_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_lambda_function" "function" {
  for_each = local.functions

  function_name                  = "${local.name}-${each.key}"
  description                    = each.value.about
  role                           = local.function_roles[each.key]
  handler                        = each.key == "api" ? "api.app.handler" : "api.functions.${each.key}.handler"
  runtime                        = "python3.12"
  architectures                  = ["arm64"]
  s3_bucket                      = var.functions.bucket
  s3_key                         = "functions/${var.functions.sha256}.zip"
  memory_size                    = local.function_memory_mib
  timeout                        = each.value.timeout_s
  reserved_concurrent_executions = each.value.at_once
  publish                        = true
  kms_key_arn                    = aws_kms_key.main.arn

  environment {
    variables = { for name, value in local.function_environment : name => value if contains(try(local.told[name], [each.key]), each.key) }
  }

  # Spans are our own (OpenTelemetry): one trace goes through queues and workers.
  tracing_config {
    mode = "PassThrough"
  }

  # With rights and log in place: the first call may come at once, and Lambda would make the log itself, to keep forever.
  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function, aws_iam_role_policy.function_key, aws_iam_role_policy.shrink]
}

# What is called is always the alias: a new version takes a share of the calls first, see the deploy guide.
resource "aws_lambda_alias" "live" {
  for_each = local.functions

  name             = "live"
  description      = "the version that calls go to"
  function_name    = aws_lambda_function.function[each.key].function_name
  function_version = local.new_share[each.key] < 1 ? var.functions.stable_versions[each.key] : aws_lambda_function.function[each.key].version

  dynamic "routing_config" {
    for_each = local.new_share[each.key] < 1 ? [local.new_share[each.key]] : []

    content {
      additional_version_weights = { (aws_lambda_function.function[each.key].version) = routing_config.value }
    }
  }
}

locals {
  # A function that is new with this version has nothing to share with.
  new_share = {
    for key in keys(local.functions) :
    key => contains(keys(var.functions.stable_versions), key) ? var.functions.new_share : 1
  }

  consumed = {
    uploads = { queue = aws_sqs_queue.uploads.arn, function = "uploaded", batch = 10, at_once = 10 }
    # One event a call: its posts may take the whole timeout.
    webhooks    = { queue = aws_sqs_queue.webhooks.arn, function = "deliver", batch = 1, at_once = 10 }
    interactive = { queue = module.lane["interactive"].dlq_arn, function = "deadletters", batch = 10, at_once = 2 }
    batch       = { queue = module.lane["batch"].dlq_arn, function = "deadletters", batch = 10, at_once = 2 }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.consumed

  event_source_arn        = each.value.queue
  function_name           = aws_lambda_alias.live[each.value.function].arn
  batch_size              = each.value.batch
  function_response_types = ["ReportBatchItemFailures"]

  # Not by reserved concurrency: that throttles after the receive, and each time counts towards the dead letter.
  scaling_config {
    maximum_concurrency = each.value.at_once
  }
}
