# Where workers stand. Nothing can reach them; `egress` says how they reach AWS.

locals {
  vpc_cidr = "10.40.0.0/16"
  zones    = { for number, az in var.azs : az => number }
  # One gateway for NAT, in the first zone: it is the saving, and the other zones lose only their way out with it.
  nat_zones = var.egress == "nat" ? { (var.azs[0]) = 0 } : {}
}

resource "aws_vpc" "main" {
  cidr_block           = local.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = local.name }
}

# Without a rule: nobody uses it by mistake.
resource "aws_default_security_group" "unused" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "worker" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(local.vpc_cidr, 4, each.value)

  tags = { Name = "${local.name}-worker-${each.key}" }
}

resource "aws_route_table" "worker" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-worker" }
}

resource "aws_route_table_association" "worker" {
  for_each = aws_subnet.worker

  subnet_id      = each.value.id
  route_table_id = aws_route_table.worker.id
}

resource "aws_security_group" "worker" {
  name        = "${local.name}-worker"
  description = "GPU workers: nothing in, TLS out"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-worker" }
}

# Free, and audio never leaves AWS's network.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["s3", "dynamodb"])

  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.worker.id]

  tags = { Name = "${local.name}-${each.key}" }
}

locals {
  # Whom workers may speak to: without a way out of the network, only what stands in it.
  destinations = {
    anywhere = var.egress == "endpoints" ? null : { cidr = "0.0.0.0/0", group = null, list = null }
    services = var.egress != "endpoints" ? null : { cidr = null, group = aws_security_group.endpoints.id, list = null }
    s3       = var.egress != "endpoints" ? null : { cidr = null, group = null, list = aws_vpc_endpoint.gateway["s3"].prefix_list_id }
    dynamodb = var.egress != "endpoints" ? null : { cidr = null, group = null, list = aws_vpc_endpoint.gateway["dynamodb"].prefix_list_id }
  }
}

resource "aws_vpc_security_group_egress_rule" "worker" {
  for_each = toset(var.egress == "endpoints" ? ["services", "s3", "dynamodb"] : ["anywhere"])

  security_group_id            = aws_security_group.worker.id
  description                  = "TLS to ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  cidr_ipv4                    = local.destinations[each.key].cidr
  referenced_security_group_id = local.destinations[each.key].group
  prefix_list_id               = local.destinations[each.key].list
}
