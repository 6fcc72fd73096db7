# What runs: named by digest or id, never by a tag or a live lookup.

variable "functions" {
  description = "The functions' zip: artifact bucket, sha256 in hex (its key is functions/<sha256>.zip), share of calls (0-1) that goes to the new version, and the versions that take the rest."
  type = object({
    bucket          = string
    sha256          = string
    new_share       = optional(number, 1)
    stable_versions = optional(map(string), {})
  })

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.functions.sha256))
    error_message = "functions.sha256 is the zip's sha256: 64 hex digits."
  }

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.functions.bucket))
    error_message = "functions.bucket is the name of a bucket."
  }

  validation {
    condition     = var.functions.new_share == 1 || (var.functions.new_share > 0 && var.functions.new_share < 1 && length(var.functions.stable_versions) > 0)
    error_message = "functions.new_share below 1 needs functions.stable_versions: the versions that take the other calls."
  }
}

variable "worker_image" {
  description = "The worker's image: repository (without tag; it may lie in another account) and digest."
  type = object({
    repository = string
    digest     = string
  })

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.worker_image.digest))
    error_message = "worker_image.digest is sha256: and 64 hex digits; a tag can be moved, a digest cannot."
  }

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9._/-]+$", var.worker_image.repository))
    error_message = "worker_image.repository is <account>.dkr.ecr.<region>.amazonaws.com/<name>, without tag or digest."
  }
}

variable "gpu_ami_id" {
  description = "The GPU instances' image. An id, never a live lookup: with that each plan would differ."
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.gpu_ami_id))
    error_message = "gpu_ami_id looks like ami-0123456789abcdef0."
  }
}

variable "gpu_instance_types" {
  description = "Instance types of each pool, the preferred one first; each must have exactly one GPU, NVMe, 4 vCPU and 16 GiB."
  type = object({
    on_demand = optional(list(string), ["g6.xlarge"])
    spot      = optional(list(string), ["g6.xlarge", "g5.xlarge", "g4dn.xlarge"])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for type in concat(var.gpu_instance_types.on_demand, var.gpu_instance_types.spot) : can(regex("^g(4dn|5|6|6e)\\.xlarge$", type))])
    error_message = "gpu_instance_types holds g4dn, g5, g6 or g6e, size xlarge: an ECS group knows no weights, so every instance must hold one task."
  }

  validation {
    condition     = length(var.gpu_instance_types.on_demand) > 0 && length(var.gpu_instance_types.spot) > 0
    error_message = "Each pool needs at least one instance type."
  }
}

variable "model" {
  description = "Name of the speech model: the folder of the worker's image under /models that holds it."
  type        = string
  default     = "large-v3-turbo"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{0,62}$", var.model))
    error_message = "model is the name of a folder."
  }
}
