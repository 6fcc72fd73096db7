# GPU instances of one purchase option: from none to `max_size`, one task each, started and ended by ECS.

resource "aws_launch_template" "gpu" {
  name                   = var.name
  image_id               = var.ami_id
  ebs_optimized          = true
  update_default_version = true

  user_data = base64encode(templatefile("${path.module}/user_data.sh.tftpl", {
    cluster        = var.cluster
    image          = var.image
    stop_timeout_s = var.stop_timeout_seconds
  }))

  iam_instance_profile {
    arn = var.instance_profile_arn
  }

  network_interfaces {
    associate_public_ip_address = var.network.public_address
    security_groups             = [var.network.security_group_id]
    delete_on_termination       = true
  }

  # Hop limit 1: a container with an address of its own cannot borrow the instance's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  monitoring {
    enabled = true
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      # GiB; the GPU image takes 30 of it.
      volume_size = 60
      # MiB a second: 1.6 GB of image are read in 4 s. gp3 gives 0.25 for each IOPS.
      throughput = 500
      iops       = 4000
      # MiB a second at which blocks come from the snapshot; without, each is fetched at its first read.
      volume_initialization_rate = 300
      encrypted                  = true
      kms_key_id                 = var.kms_key_arn
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])

    content {
      resource_type = tag_specifications.key
      tags          = merge(var.tags, { Name = var.name })
    }
  }
}

resource "aws_autoscaling_group" "gpu" {
  name                = var.name
  min_size            = 0
  max_size            = var.max_size
  desired_capacity    = 0
  vpc_zone_identifier = var.network.subnet_ids

  # ECS says which instance goes: one that holds no task.
  protect_from_scale_in = true
  # ECS gets no notice of a rebalance: it would kill a busy worker.
  capacity_rebalance = false
  health_check_type  = "EC2"

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 0
      on_demand_percentage_above_base_capacity = var.is_spot ? 0 : 100
      on_demand_allocation_strategy            = "prioritized"
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.gpu.id
        version            = aws_launch_template.gpu.latest_version
      }

      dynamic "override" {
        for_each = var.instance_types

        content {
          instance_type = override.value
        }
      }
    }
  }

  # ECS insists on it, and adds it by itself if it is missing: then each plan would remove it.
  tag {
    key                 = "AmazonECSManaged"
    value               = ""
    propagate_at_launch = true
  }

  dynamic "tag" {
    for_each = merge(var.tags, { Name = var.name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

resource "aws_ecs_capacity_provider" "gpu" {
  name = var.name

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.gpu.arn
    managed_termination_protection = "ENABLED"
    managed_draining               = "ENABLED"

    managed_scaling {
      status = "ENABLED"
      # Percent: every instance holds a task, none waits.
      target_capacity           = 100
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 2
      # Seconds in which no more is started; the default of 300 would hold back a second wave of calls.
      instance_warmup_period = 60
    }
  }
}
