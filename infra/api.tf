# Two gateways before one function: `public` (keys, checked in the function) and `internal` (AWS roles, SigV4).
# One greedy route: paths, methods and bodies have one owner, the function.

locals {
  stage = "live"

  gateways = {
    public   = { authorization = "NONE", is_private = false }
    internal = { authorization = "AWS_IAM", is_private = local.is_private }
  }
  is_private = length(var.api.internal_vpc_endpoint_ids) > 0

  routes = {
    for route in setproduct(keys(local.gateways), ["root", "proxy"]) :
    "${route[0]}-${route[1]}" => { gateway = route[0], at = route[1] }
  }

  # Written out: the stage's own attribute would make a circle through the functions' environment.
  api_origin = {
    for which, gateway in aws_api_gateway_rest_api.gateway :
    which => "https://${gateway.id}.execute-api.${var.region}.amazonaws.com"
  }
  api_url = { for which, origin in local.api_origin : which => "${origin}/${local.stage}" }

  # Whatever a deployment freezes. Never resource objects: their computed fields replaced it in each second plan.
  gateway_config = {
    for which, gateway in local.gateways : which => {
      gateway = gateway, routes = local.routes, refusals = local.refusals, binary = local.binary_media_types
      limits  = var.api
    }
  }

  binary_media_types = ["multipart/form-data"]
}

resource "aws_api_gateway_rest_api" "gateway" {
  for_each = local.gateways

  name        = "${local.name}-${each.key}"
  description = "Callscribe, ${each.key}"
  # A call's audio comes as bytes, all else as text.
  binary_media_types = local.binary_media_types
  # Bytes; below that compression makes answers longer.
  minimum_compression_size = "1024"

  endpoint_configuration {
    types            = each.value.is_private ? ["PRIVATE"] : ["REGIONAL"]
    vpc_endpoint_ids = each.value.is_private ? var.api.internal_vpc_endpoint_ids : null
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "proxy" {
  for_each = local.gateways

  rest_api_id = aws_api_gateway_rest_api.gateway[each.key].id
  parent_id   = aws_api_gateway_rest_api.gateway[each.key].root_resource_id
  path_part   = "{proxy+}"
}

locals {
  resource_ids = {
    for key, route in local.routes : key => (
      route.at == "proxy"
      ? aws_api_gateway_resource.proxy[route.gateway].id
      : aws_api_gateway_rest_api.gateway[route.gateway].root_resource_id
    )
  }
}

# The path alone: what a body must be is the function's to say.
resource "aws_api_gateway_request_validator" "parameters" {
  for_each = local.gateways

  rest_api_id                 = aws_api_gateway_rest_api.gateway[each.key].id
  name                        = "parameters"
  validate_request_parameters = true
}

resource "aws_api_gateway_method" "any" {
  for_each = local.routes

  rest_api_id   = aws_api_gateway_rest_api.gateway[each.value.gateway].id
  resource_id   = local.resource_ids[each.key]
  http_method   = "ANY"
  authorization = local.gateways[each.value.gateway].authorization

  request_validator_id = aws_api_gateway_request_validator.parameters[each.value.gateway].id
  request_parameters   = each.value.at == "proxy" ? { "method.request.path.proxy" = true } : {}
}

resource "aws_api_gateway_integration" "function" {
  for_each = local.routes

  rest_api_id             = aws_api_gateway_rest_api.gateway[each.value.gateway].id
  resource_id             = local.resource_ids[each.key]
  http_method             = aws_api_gateway_method.any[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_alias.live["api"].invoke_arn
}

resource "aws_lambda_permission" "gateway" {
  for_each = local.gateways

  statement_id  = "gateway-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function["api"].function_name
  qualifier     = aws_lambda_alias.live["api"].name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.gateway[each.key].execution_arn}/${local.stage}/*"
}

# Whom the internal gateway lets in at all; which tenant a role is, the function decides.
data "aws_iam_policy_document" "internal" {
  statement {
    sid       = "LetOwnRolesCall"
    actions   = ["execute-api:Invoke"]
    resources = ["${aws_api_gateway_rest_api.gateway["internal"].execution_arn}/${local.stage}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = var.api.organization_id == null ? "aws:PrincipalAccount" : "aws:PrincipalOrgID"
      values   = [coalesce(var.api.organization_id, local.account)]
    }

    dynamic "condition" {
      for_each = local.is_private ? [var.api.internal_vpc_endpoint_ids] : []

      content {
        test     = "StringEquals"
        variable = "aws:SourceVpce"
        values   = condition.value
      }
    }
  }
}

resource "aws_api_gateway_rest_api_policy" "internal" {
  rest_api_id = aws_api_gateway_rest_api.gateway["internal"].id
  policy      = data.aws_iam_policy_document.internal.json
}
