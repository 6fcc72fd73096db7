# Does the API answer, in time and for those who may ask, and do functions and stores behind it?

locals {
  alarms_of_api = merge({
    api-errors = {
      priority  = "P1"
      reason    = "More than one in a hundred requests end in a 5xx"
      of        = [3, 3]
      threshold = local.alarm_at.api_errors_percent
      expressions = {
        percent = join("", [
          "IF(${local.requests} >= ${local.alarm_at.fewest}, ",
          "100 * (FILL(errors_public, 0) + FILL(errors_internal, 0)) / (${local.requests}), 0)",
        ])
      }
      metrics = merge([for which in ["public", "internal"] : {
        "errors_${which}" = {
          namespace  = "AWS/ApiGateway", name = "5XXError", stat = "Sum"
          dimensions = local.gateway[which]
        }
        "requests_${which}" = {
          namespace  = "AWS/ApiGateway", name = "Count", stat = "Sum"
          dimensions = local.gateway[which]
        }
      }]...)
    }
    api-slow = {
      priority  = "P2"
      reason    = "One in twenty requests that wait for no job takes more than a second"
      of        = [5, 5]
      threshold = local.alarm_at.api_p95_s
      metrics   = { p95 = { name = "RequestSeconds", stat = "p95", dimensions = { waits = "no" } } }
    }
    auth-refusals = {
      priority  = "P3"
      reason    = "More than a hundred requests in five minutes were refused: a key has expired, or somebody tries keys"
      period    = 300
      of        = [1, 1]
      threshold = local.alarm_at.refusals
      metrics   = { refusals = { name = "AuthRefusals", stat = "Sum" } }
    }
    store-errors = {
      priority    = "P2"
      reason      = "The table throttles or fails, so everything is slow or tried again"
      of          = [3, 3]
      threshold   = 0
      expressions = { errors = join(" + ", [for id in keys(local.store_errors) : "FILL(${id}, 0)"]) }
      metrics     = local.store_errors
    }
    }, { for key in keys(local.functions) : "function-errors-${key}" => {
      heading     = "function-errors"
      priority    = "P2"
      reason      = "The function ${key} ended in an error or was not let run"
      of          = contains(["canary", "nightly"], key) ? [1, 1] : [3, 5] # too rare to fail three times in five minutes
      threshold   = 0
      expressions = { failed = "FILL(errors, 0) + FILL(throttles, 0)" }
      metrics = { for id, name in { errors = "Errors", throttles = "Throttles" } : id => {
        namespace  = "AWS/Lambda", name = name, stat = "Sum"
        dimensions = { FunctionName = "${local.name}-${key}" }
      } }
  } })
  gateway = { for which in ["public", "internal"] : which => { ApiName = "${local.name}-${which}", Stage = "live" } }
  # What the code asks of the table most; CloudWatch counts errors by operation only.
  table_operations = ["GetItem", "PutItem", "UpdateItem", "Query", "TransactWriteItems"]

  requests = "FILL(requests_public, 0) + FILL(requests_internal, 0)"
  store_errors = merge(
    { for id, name in { reads = "ReadThrottleEvents", writes = "WriteThrottleEvents" } : id => {
      namespace               = "AWS/DynamoDB", name = name, stat = "Sum"
      dimensions              = { TableName = aws_dynamodb_table.jobs.name }
    } },
    { for operation in local.table_operations : "failed_${lower(operation)}" => {
      namespace  = "AWS/DynamoDB", name = "SystemErrors", stat = "Sum"
      dimensions = { TableName = aws_dynamodb_table.jobs.name, Operation = operation }
    } },
  )
}
