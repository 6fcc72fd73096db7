# A wrong artifact fails the plan: one run for each rule of variables_artifacts.tf.

run "a_zip_without_its_whole_hash_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    functions = { bucket = "callscribe-artifacts", sha256 = "0123" }
  }

  expect_failures = [var.functions]
}

run "a_path_for_a_bucket_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    functions = { bucket = "callscribe/artifacts", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
  }

  expect_failures = [var.functions]
}

run "a_share_without_stable_versions_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    functions = { bucket = "callscribe-artifacts", sha256 = "0000000000000000000000000000000000000000000000000000000000000000", new_share = 0.1 }
  }

  expect_failures = [var.functions]
}

run "an_image_by_tag_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    worker_image = {
      repository = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/callscribe-worker"
      digest     = "latest"
    }
  }

  expect_failures = [var.worker_image]
}

run "an_image_of_a_public_registry_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    worker_image = { repository = "docker.io/callscribe-worker", digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
  }

  expect_failures = [var.worker_image]
}

run "an_ami_by_parameter_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    gpu_ami_id = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"
  }

  expect_failures = [var.gpu_ami_id]
}

run "an_instance_with_four_gpus_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    gpu_instance_types = { spot = ["g6.xlarge", "g6.12xlarge"] }
  }

  expect_failures = [var.gpu_instance_types]
}

run "a_pool_without_types_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    gpu_instance_types = { spot = [] }
  }

  expect_failures = [var.gpu_instance_types]
}

run "a_model_by_address_is_refused" {
  command = plan

  module {
    source = "./tests/rules"
  }

  variables {
    model = "s3://models/large-v3-turbo"
  }

  expect_failures = [var.model]
}
