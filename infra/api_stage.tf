# What is deployed of the gateways, how much passes, and what is written down of it.

resource "aws_api_gateway_deployment" "gateway" {
  for_each = local.gateways

  rest_api_id = aws_api_gateway_rest_api.gateway[each.key].id
  description = "made by Terraform"
  triggers    = { config = sha256(jsonencode(local.gateway_config[each.key])) }

  depends_on = [
    aws_api_gateway_integration.function,
    aws_api_gateway_gateway_response.refusal,
    aws_api_gateway_rest_api_policy.internal,
  ]

  lifecycle {
    create_before_destroy = true
  }
}

# No address and no path of a call's reference: who called stands in the functions' log, by tenant.
resource "aws_cloudwatch_log_group" "access" {
  name              = local.log_group.access
  retention_in_days = var.retention.log_days
  kms_key_id        = aws_kms_key.main.arn
}

# The gateway would make it by itself, to keep forever. So it bears the gateway's name for it.
resource "aws_cloudwatch_log_group" "execution" {
  for_each = local.gateways

  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.gateway[each.key].id}/${local.stage}"
  retention_in_days = var.retention.log_days
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_api_gateway_stage" "live" {
  for_each = local.gateways

  rest_api_id          = aws_api_gateway_rest_api.gateway[each.key].id
  deployment_id        = aws_api_gateway_deployment.gateway[each.key].id
  stage_name           = local.stage
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      gateway             = each.key
      request_id          = "$context.requestId"
      received_at         = "$context.requestTimeEpoch"
      verb                = "$context.httpMethod"
      status              = "$context.status"
      refused_by_gateway  = "$context.error.responseType"
      waf_status          = "$context.waf.status"
      latency_ms          = "$context.responseLatency"
      function_latency_ms = "$context.integration.latency"
      function_status     = "$context.integration.status"
      response_size_bytes = "$context.responseLength"
    })
  }

  depends_on = [aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_method_settings" "all" {
  for_each = local.gateways

  rest_api_id = aws_api_gateway_rest_api.gateway[each.key].id
  stage_name  = aws_api_gateway_stage.live[each.key].stage_name
  method_path = "*/*"

  settings {
    metrics_enabled = true
    # What failed and why; a data trace would hold headers and bodies: keys and people's data.
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.api.rate_per_s
    throttling_burst_limit = var.api.burst
  }
}
