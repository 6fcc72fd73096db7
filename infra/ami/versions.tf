# The GPU instances' image: driver, ECS agent and the worker's image in one, so that nothing is fetched at boot.
# Applied by hand when the worker's image has changed, once a release at most; the weekly build takes newer parents.
terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "= 5.100.0" # the same as in infra/
    }
  }

  backend "s3" {
    key          = "ami/terraform.tfstate"
    use_lockfile = true
    encrypt      = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { project = "callscribe", part = "ami", managed_by = "terraform" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
