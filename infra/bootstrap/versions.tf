# What must be there before a pipeline can run: applied once an account, by hand, by somebody who may do everything.
terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "= 5.100.0" # the same as in infra/
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { project = "callscribe", part = "bootstrap", managed_by = "terraform" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  regional  = "${var.region}:${local.account}"
}
