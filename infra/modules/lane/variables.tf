variable "name" {
  description = "Name of the lane's queue."
  type        = string
  nullable    = false
}

variable "visibility_timeout_seconds" {
  description = "Seconds that a received message is hidden unless its worker asks for more."
  type        = number
  nullable    = false
}

variable "max_receive_count" {
  description = "Receives after which a message is a dead letter."
  type        = number
  nullable    = false
}

variable "retention_days" {
  description = "Days that a message is kept."
  type        = number
  nullable    = false
}

variable "dead_letter_days" {
  description = "Days that a dead letter is kept, counted from when it was first sent."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key that messages are encrypted under."
  type        = string
  nullable    = false
}
