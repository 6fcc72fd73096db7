locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  image     = "${var.worker_image.repository}@${var.worker_image.digest}"
  registry  = split("/", var.worker_image.repository)[0]
  name      = "callscribe-gpu"

  component = templatefile("${path.module}/component.yaml.tftpl", {
    region   = var.region
    registry = local.registry
    image    = local.image
    # The oldest driver that runs cuBLAS 12.4 and newer.
    driver = 550
    # The engine finds the card, and multiplies on it.
    check = "import ctranslate2; assert ctranslate2.get_cuda_device_count() == 1; assert \"int8_float16\" in ctranslate2.get_supported_compute_types(\"cuda\")"
  })
  recipe = jsonencode([local.component, var.parent_image, local.volume])

  # Image Builder never changes a version, so what is in it gives its number.
  versions = { for name, content in { component = local.component, recipe = local.recipe } : name => "1.0.${parseint(substr(sha256(content), 0, 6), 16)}" }

  # As the launch template asks for: workers keep nothing on it but Docker's layers.
  volume = { size_gb = 60, throughput_mb_s = 500, iops = 3000 }
}

resource "aws_imagebuilder_component" "worker" {
  name        = "${local.name}-worker"
  description = "Fetches the worker's image; tests the driver and the engine"
  platform    = "Linux"
  version     = local.versions.component
  data        = local.component
  kms_key_id  = var.kms_key_arn

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_imagebuilder_image_recipe" "gpu" {
  name         = local.name
  description  = "AWS's ECS image for GPUs, and the worker's image on it"
  parent_image = var.parent_image
  version      = local.versions.recipe

  block_device_mapping {
    device_name = "/dev/xvda"

    ebs {
      encrypted             = true
      kms_key_id            = var.kms_key_arn
      delete_on_termination = true
      volume_type           = "gp3"
      volume_size           = local.volume.size_gb
      throughput            = local.volume.throughput_mb_s
      iops                  = local.volume.iops
    }
  }

  component {
    component_arn = aws_imagebuilder_component.worker.arn
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "gpu" {
  name                          = local.name
  description                   = "One machine with a GPU; it goes when it is done, also when it fails"
  instance_profile_name         = aws_iam_instance_profile.builder.name
  instance_types                = [var.instance_type]
  subnet_id                     = var.subnet_id
  terminate_instance_on_failure = true

  instance_metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_imagebuilder_distribution_configuration" "gpu" {
  name = local.name

  distribution {
    region = var.region

    ami_distribution_configuration {
      name        = "${local.name}-{{ imagebuilder:buildDate }}"
      description = "Callscribe's GPU instances, with ${var.worker_image.digest}"
      kms_key_id  = var.kms_key_arn
      ami_tags    = { project = "callscribe", worker_digest = var.worker_image.digest }
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "gpu" {
  name                             = local.name
  description                      = "Each week, where the parent is newer; by hand after a release"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.gpu.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.gpu.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.gpu.arn

  image_tests_configuration {
    image_tests_enabled = true
    timeout_minutes     = 60
  }

  # Sunday night: on Monday morning a pull request carries the new id.
  schedule {
    schedule_expression                = "cron(0 1 ? * sun *)"
    pipeline_execution_start_condition = "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"
  }
}

output "pipeline_arn" {
  description = "What `aws imagebuilder start-image-pipeline-execution --image-pipeline-arn` starts."
  value       = aws_imagebuilder_image_pipeline.gpu.arn
}

output "component_version" {
  description = "Number of what is in the image, drawn from its content."
  value       = aws_imagebuilder_component.worker.version
}
