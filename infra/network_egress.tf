# The three ways out, one of which is made.

# --- public, and the way out of nat ------------------------------------------------------------------------------

resource "aws_internet_gateway" "main" {
  for_each = toset(var.egress == "endpoints" ? [] : ["out"])

  vpc_id = aws_vpc.main.id

  tags = { Name = local.name }
}

resource "aws_route" "out" {
  for_each = toset(var.egress == "endpoints" ? [] : ["out"])

  route_table_id         = aws_route_table.worker.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = var.egress == "public" ? aws_internet_gateway.main["out"].id : null
  nat_gateway_id         = var.egress == "nat" ? aws_nat_gateway.main[var.azs[0]].id : null
}

# --- nat ---------------------------------------------------------------------------------------------------------

resource "aws_subnet" "nat" {
  for_each = local.nat_zones

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(local.vpc_cidr, 8, 240 + each.value)

  tags = { Name = "${local.name}-nat-${each.key}" }
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "main" {
  for_each = local.nat_zones

  subnet_id     = aws_subnet.nat[each.key].id
  allocation_id = aws_eip.nat[each.key].id

  tags = { Name = "${local.name}-${each.key}" }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_route_table" "nat" {
  for_each = local.nat_zones

  vpc_id = aws_vpc.main.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main["out"].id
  }

  tags = { Name = "${local.name}-nat-${each.key}" }
}

resource "aws_route_table_association" "nat" {
  for_each = local.nat_zones

  subnet_id      = aws_subnet.nat[each.key].id
  route_table_id = aws_route_table.nat[each.key].id
}

# --- endpoints ---------------------------------------------------------------------------------------------------

resource "aws_security_group" "endpoints" {
  name        = "${local.name}-endpoints"
  description = "Interface endpoints: TLS from workers"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "TLS from workers"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.worker.id
}

resource "aws_vpc_endpoint" "interface" {
  for_each = toset(var.egress == "endpoints" ? [
    # To start: the image, the agent, the log.
    "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs",
    # To work.
    "sqs", "sns", "kms", "sts", "xray",
  ] : [])

  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.worker : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]

  tags = { Name = "${local.name}-${each.key}" }
}
