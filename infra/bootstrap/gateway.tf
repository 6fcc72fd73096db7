# API Gateway writes logs by one role an account and region, so it is no environment's own.
resource "aws_iam_role" "gateway_log" {
  name        = "callscribe-gateway-log"
  description = "API Gateway: writes access logs of every gateway of this account and region"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "gateway_log" {
  role       = aws_iam_role.gateway_log.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "main" {
  cloudwatch_role_arn = aws_iam_role.gateway_log.arn

  depends_on = [aws_iam_role_policy_attachment.gateway_log]
}
