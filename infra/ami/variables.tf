variable "region" {
  description = "AWS region that the image is built in and for."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^eu-(central|west|north|south)-[1-9]$", var.region)) && var.region != "eu-west-2" && var.region != "eu-central-2"
    error_message = "region must lie in the EU, as that of the environments must."
  }
}

variable "worker_image" {
  description = "The worker's image that lies ready on each machine: repository (without tag) and digest."
  type = object({
    repository = string
    digest     = string
  })

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9._/-]+$", var.worker_image.repository)) && can(regex("^sha256:[0-9a-f]{64}$", var.worker_image.digest))
    error_message = "worker_image names a repository of ECR, and a digest: sha256: and 64 hex digits."
  }
}

variable "parent_image" {
  description = "What the image is built on: the name of AWS's parameter that holds the id of the newest ECS image for GPUs, or an AMI id. What comes out is pinned by its own id, so a moving parent moves nothing that runs."
  type        = string
  default     = "ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"

  validation {
    condition     = can(regex("^(ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/.+|ami-[0-9a-f]{8,17})$", var.parent_image))
    error_message = "parent_image is a parameter of AWS's ECS images for GPUs on Amazon Linux 2023, or an AMI id."
  }
}

variable "instance_type" {
  description = "Machine that builds and tests the image; it must have a GPU, for the test uses it."
  type        = string
  default     = "g6.xlarge"

  validation {
    condition     = can(regex("^g(4dn|5|6|6e)\\.xlarge$", var.instance_type))
    error_message = "instance_type is one of those that workers run on."
  }
}

variable "subnet_id" {
  description = "Subnet that the building machine starts in; null: the default network. It needs a way out to ECR, SSM and S3."
  type        = string
  default     = null

  validation {
    condition     = var.subnet_id == null || can(regex("^subnet-[0-9a-f]{8,17}$", var.subnet_id))
    error_message = "subnet_id looks like subnet-0123456789abcdef0."
  }
}

variable "kms_key_arn" {
  description = "Key that the image's snapshots are encrypted with; null: the account's own for EBS. Groups of another account can only start what they can decrypt."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[0-9a-f-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a key, not of an alias."
  }
}
