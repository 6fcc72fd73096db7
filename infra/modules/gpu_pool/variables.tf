variable "name" {
  description = "Name of the pool's group, template and capacity provider."
  type        = string
  nullable    = false
}

variable "is_spot" {
  description = "Whether all instances are Spot; else all are on demand."
  type        = bool
  nullable    = false
}

variable "instance_types" {
  description = "Instance types, the preferred one first; each holds one task."
  type        = list(string)
  nullable    = false
}

variable "max_size" {
  description = "Most instances."
  type        = number
  nullable    = false
}

variable "ami_id" {
  description = "Image of the instances."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "Name of the ECS cluster that instances join."
  type        = string
  nullable    = false
}

variable "image" {
  description = "The worker's image by digest: where the AMI holds it already, its layers stay where they are."
  type        = string
  nullable    = false
}

variable "stop_timeout_seconds" {
  description = "Seconds that a container may take to stop."
  type        = number
  nullable    = false
}

variable "instance_profile_arn" {
  description = "Profile of the ECS agent."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key of the disks."
  type        = string
  nullable    = false
}

variable "network" {
  description = "Subnets and security group of the instances, and whether they have public addresses."
  type = object({
    subnet_ids        = list(string)
    security_group_id = string
    public_address    = bool
  })
  nullable = false
}

variable "tags" {
  description = "Tags of instances and disks: the provider's default tags do not reach what a group starts."
  type        = map(string)
  nullable    = false
}
