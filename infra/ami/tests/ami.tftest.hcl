mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_imagebuilder_component" {
    defaults = { arn = "arn:aws:imagebuilder:eu-central-1:123456789012:component/x/1.0.0/1" }
  }
  mock_resource "aws_imagebuilder_image_recipe" {
    defaults = { arn = "arn:aws:imagebuilder:eu-central-1:123456789012:image-recipe/x/1.0.0" }
  }
  mock_resource "aws_imagebuilder_infrastructure_configuration" {
    defaults = { arn = "arn:aws:imagebuilder:eu-central-1:123456789012:infrastructure-configuration/x" }
  }
  mock_resource "aws_imagebuilder_distribution_configuration" {
    defaults = { arn = "arn:aws:imagebuilder:eu-central-1:123456789012:distribution-configuration/x" }
  }
}

variables {
  worker_image = {
    repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/callscribe-worker"
    digest     = "sha256:0000000000000000000000000000000000000000000000000000000000000001"
  }
}

run "the_image_holds_the_worker_by_digest" {
  command = apply

  assert {
    condition     = strcontains(aws_imagebuilder_component.worker.data, "docker pull --quiet '${var.worker_image.repository}@${var.worker_image.digest}'")
    error_message = "the worker must be fetched by digest"
  }

  assert {
    condition     = contains([for phase in yamldecode(aws_imagebuilder_component.worker.data).phases : phase.name], "test")
    error_message = "an image that was never tried must get no id"
  }
}

run "its_machine_and_disk_are_closed" {
  command = apply

  assert {
    condition     = one(aws_imagebuilder_infrastructure_configuration.gpu.instance_metadata_options).http_tokens == "required"
    error_message = "IMDSv2 only"
  }

  assert {
    condition     = alltrue([for device in aws_imagebuilder_image_recipe.gpu.block_device_mapping : device.ebs[0].encrypted == "true"])
    error_message = "the snapshot must be encrypted"
  }
}

run "another_digest_is_another_version" {
  command = apply

  variables {
    worker_image = {
      repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/callscribe-worker"
      digest     = "sha256:0000000000000000000000000000000000000000000000000000000000000002"
    }
  }

  assert {
    condition     = aws_imagebuilder_component.worker.version != run.the_image_holds_the_worker_by_digest.component_version
    error_message = "Image Builder refuses other content under the same version"
  }
}

run "a_tag_is_refused" {
  command = plan

  variables {
    worker_image = { repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/callscribe-worker", digest = "latest" }
  }

  expect_failures = [var.worker_image]
}
