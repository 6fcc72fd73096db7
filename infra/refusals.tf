# What the gateway answers by itself, before or instead of the function: the contract's problems, word for word those of
# shared/errors (a test compares them).

locals {
  problem_texts = {
    malformed_request = { status = 400, retryable = false, detail = "The request cannot be read." }
    unauthenticated   = { status = 401, retryable = false, detail = "Send a valid key: `Authorization: Bearer csk_…`." }
    forbidden         = { status = 403, retryable = false, detail = "The key may not do this." }
    body_too_large    = { status = 413, retryable = false, detail = "The body is too large. JSON may hold 262,144 bytes, multipart audio 4,000,000; use audio.upload above that." }
    rate_limited      = { status = 429, retryable = true, detail = "Too many requests. Wait for the time in Retry-After." }
    internal_error    = { status = 500, retryable = true, detail = "Something went wrong on our side." }
    unavailable       = { status = 503, retryable = true, detail = "A part of the service is out of reach. Ask again after the time in Retry-After." }
  }

  refusal_codes = {
    DEFAULT_4XX                  = "malformed_request"
    DEFAULT_5XX                  = "internal_error"
    UNAUTHORIZED                 = "unauthenticated"
    ACCESS_DENIED                = "forbidden"
    MISSING_AUTHENTICATION_TOKEN = "unauthenticated"
    INVALID_SIGNATURE            = "unauthenticated"
    EXPIRED_TOKEN                = "unauthenticated"
    THROTTLED                    = "rate_limited"
    REQUEST_TOO_LARGE            = "body_too_large"
    WAF_FILTERED                 = "forbidden"
    BAD_REQUEST_BODY             = "malformed_request"
    INTEGRATION_TIMEOUT          = "unavailable"
    INTEGRATION_FAILURE          = "unavailable"
  }

  # Seconds; the same that the function answers.
  retry_after_s = { rate_limited = 1, unavailable = 5 }

  refusals = {
    for type, code in local.refusal_codes : type => {
      status = local.problem_texts[code].status

      headers = merge(
        {
          "Content-Type"           = "'application/problem+json'"
          "Cache-Control"          = "'no-store'"
          "X-Content-Type-Options" = "'nosniff'"
          "X-Request-Id"           = "context.requestId"
        },
        code == "unauthenticated" ? { "WWW-Authenticate" = "'Bearer'" } : {},
        contains(keys(local.retry_after_s), code) ? { "Retry-After" = "'${local.retry_after_s[code]}'" } : {},
      )

      body = jsonencode({
        type       = "urn:callscribe:error:${code}"
        title      = trimsuffix(split(". ", local.problem_texts[code].detail)[0], ".")
        status     = local.problem_texts[code].status
        detail     = local.problem_texts[code].detail
        code       = code
        retryable  = local.problem_texts[code].retryable
        request_id = "$context.requestId"
        errors     = []
      })
    }
  }

  gateway_refusals = {
    for pair in setproduct(keys(local.gateways), keys(local.refusals)) :
    "${pair[0]}-${pair[1]}" => { gateway = pair[0], type = pair[1] }
  }
}

resource "aws_api_gateway_gateway_response" "refusal" {
  for_each = local.gateway_refusals

  rest_api_id   = aws_api_gateway_rest_api.gateway[each.value.gateway].id
  response_type = each.value.type
  status_code   = tostring(local.refusals[each.value.type].status)

  # Chosen by the Accept header, application/json where none fits; the header below says what it is.
  response_templates = { "application/json" = local.refusals[each.value.type].body }

  response_parameters = {
    for name, value in local.refusals[each.value.type].headers : "gatewayresponse.header.${name}" => value
  }
}
