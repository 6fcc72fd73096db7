# The workers: a cluster, two pools of GPU instances, and a service for each lane.

resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

resource "aws_cloudwatch_log_group" "worker" {
  name              = local.log_group.worker
  retention_in_days = var.retention.log_days
  kms_key_id        = aws_kms_key.main.arn
}

locals {
  worker_image = "${var.worker_image.repository}@${var.worker_image.digest}"

  # A task with an address of its own gets no public one on EC2: there the bridge lends it the instance's.
  network_mode = var.egress == "public" ? "bridge" : "awsvpc"
}

module "gpu_pool" {
  source   = "./modules/gpu_pool"
  for_each = { ondemand = var.gpu_instance_types.on_demand, spot = var.gpu_instance_types.spot }

  name                 = "${local.name}-${each.key}"
  is_spot              = each.key == "spot"
  instance_types       = each.value
  max_size             = local.pool_max[each.key]
  ami_id               = var.gpu_ami_id
  cluster              = aws_ecs_cluster.main.name
  image                = local.worker_image
  stop_timeout_seconds = var.worker.stop_timeout_seconds
  instance_profile_arn = aws_iam_instance_profile.gpu.arn
  kms_key_arn          = aws_kms_key.main.arn
  tags                 = local.tags

  network = {
    subnet_ids        = [for subnet in aws_subnet.worker : subnet.id]
    security_group_id = aws_security_group.worker.id
    public_address    = var.egress == "public"
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = [for pool in module.gpu_pool : pool.provider_name]
}

locals {
  worker_environment = {
    for lane, wanted in var.lanes : lane => merge(local.shared_environment, {
      CALLSCRIBE_LANES        = lane
      CALLSCRIBE_MODEL        = "/models/${var.model}"
      CALLSCRIBE_DEVICE       = "cuda"
      CALLSCRIBE_COMPUTE_TYPE = "int8_float16"
      # A large model on an L4 gains up to 16 rows; three of the four cores prepare, one feeds the engine.
      CALLSCRIBE_BATCH_ROWS      = "16"
      CALLSCRIBE_PREPARE_AT_ONCE = "3"
      # A claim lasts as long as its message is hidden.
      CALLSCRIBE_LEASE_S     = tostring(wanted.visibility_timeout_seconds)
      CALLSCRIBE_HEARTBEAT_S = tostring(var.worker.heartbeat_seconds)
      # What may still be finished at SIGTERM, in engine seconds: a quarter of the time until SIGKILL.
      CALLSCRIBE_DRAIN_S = tostring(var.worker.stop_timeout_seconds / 4)
    })
  }
}

resource "aws_ecs_task_definition" "worker" {
  for_each = var.lanes

  family                   = local.lane_name[each.key]
  requires_compatibilities = ["EC2"]
  network_mode             = local.network_mode
  task_role_arn            = aws_iam_role.worker.arn
  execution_role_arn       = aws_iam_role.execution.arn
  # Of 4 vCPU and 16 GiB: what agent and system leave on the smallest instance.
  cpu    = 3072
  memory = 12288

  container_definitions = jsonencode([{
    name                   = "worker"
    image                  = local.worker_image
    essential              = true
    user                   = "10001"
    privileged             = false
    readonlyRootFilesystem = true
    stopTimeout            = var.worker.stop_timeout_seconds
    resourceRequirements   = [{ type = "GPU", value = "1" }]
    environment = [
      for name, value in local.worker_environment[each.key] : { name = name, value = value }
    ]

    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
      # MiB: audio of the jobs at hand, decoded.
      tmpfs = [{ containerPath = "/tmp", size = 2048 }]
    }

    # The worker touches the file at each heartbeat. Two minutes untouched and three looks in vain, and it is ended; its
    # jobs have gone to others by then.
    healthCheck = {
      command     = ["CMD-SHELL", "test -n \"$(find /tmp/callscribe-alive -mmin -2)\""]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 300
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.worker.name
        awslogs-region        = var.region
        awslogs-stream-prefix = each.key
        awslogs-format        = "json/emf"
        # A log service that is slow must not make workers slow.
        mode            = "non-blocking"
        max-buffer-size = "25m"
      }
    }
  }])
}

resource "aws_ecs_service" "worker" {
  for_each = var.lanes

  name                    = local.lane_name[each.key]
  cluster                 = aws_ecs_cluster.main.id
  task_definition         = aws_ecs_task_definition.worker[each.key].arn
  desired_count           = 0
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"

  # Live calls never wait for a rollout. The floor rounds up and the ceiling down: with 150 one task of one could never
  # be replaced. A night lane may pause.
  deployment_minimum_healthy_percent = each.value.profile == "night" ? 0 : 50
  deployment_maximum_percent         = each.value.profile == "night" ? 100 : 200

  dynamic "network_configuration" {
    for_each = local.network_mode == "awsvpc" ? ["own address"] : []

    content {
      subnets         = [for subnet in aws_subnet.worker : subnet.id]
      security_groups = [aws_security_group.worker.id]
    }
  }

  # There is no fallback from Spot to on demand within a service (containers-roadmap 773): the base is on demand, so
  # that a live call never hangs on Spot alone.
  dynamic "capacity_provider_strategy" {
    for_each = {
      for pool, share in {
        ondemand = { base = each.value.on_demand_base, weight = each.value.on_demand_weight }
        spot     = { base = 0, weight = each.value.spot_weight }
      } : pool => share if share.base + share.weight > 0
    }

    content {
      capacity_provider = module.gpu_pool[capacity_provider_strategy.key].provider_name
      base              = capacity_provider_strategy.value.base
      weight            = capacity_provider_strategy.value.weight
    }
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # A rollout that hurts callers goes back.
  alarms {
    enable      = true
    rollback    = true
    alarm_names = [aws_cloudwatch_composite_alarm.degraded.alarm_name]
  }

  # A busy worker is protected for as long as its longest job.
  timeouts {
    update = "3h"
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_ecs_cluster_capacity_providers.main, aws_iam_role_policy.worker, aws_iam_role_policy.execution]
}
