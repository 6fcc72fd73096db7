# What an environment is. What runs in it: variables_artifacts.tf. How much it carries: variables_capacity.tf.

variable "env" {
  description = "Name of the environment: part of every name, dimension of every metric."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,11}$", var.env))
    error_message = "env is 2 to 12 characters: a small letter, then small letters, digits and hyphens."
  }
}

variable "region" {
  description = "AWS region. Calls are personal data of people in the EU, so only EU regions are taken."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^eu-(central|west|north|south)-[1-9]$", var.region)) && var.region != "eu-west-2" && var.region != "eu-central-2"
    error_message = "region must lie in the EU: not eu-west-2 (London), not eu-central-2 (Zurich)."
  }
}

variable "azs" {
  description = "Availability zones that workers run in: 1 to 3 zones of the region."
  type        = list(string)
  default     = ["eu-central-1a", "eu-central-1b"]

  validation {
    condition     = length(var.azs) >= 1 && length(var.azs) <= 3 && length(distinct(var.azs)) == length(var.azs)
    error_message = "azs holds 1 to 3 different zones."
  }

  validation {
    condition     = alltrue([for az in var.azs : startswith(az, var.region)])
    error_message = "Every zone of azs must lie in region."
  }

  validation {
    condition     = var.env != "prod" || length(var.azs) >= 2
    error_message = "prod needs at least two zones: one zone is one failure."
  }
}

variable "egress" {
  description = "How workers reach AWS: public (an address, nothing inbound, 0 USD), nat (about 38 USD a month and data) or endpoints (about 8.8 USD an endpoint, zone and month)."
  type        = string
  default     = "endpoints"

  validation {
    condition     = contains(["public", "nat", "endpoints"], var.egress)
    error_message = "egress is public, nat or endpoints."
  }

  validation {
    condition     = var.env != "prod" || var.egress != "public"
    error_message = "prod must not give workers public addresses: use nat or endpoints."
  }
}

variable "deletion_protection" {
  description = "Whether the table, the bucket's contents and the secrets survive a `terraform destroy`."
  type        = bool
  default     = true

  validation {
    condition     = var.env != "prod" || var.deletion_protection
    error_message = "prod must keep deletion protection."
  }
}

variable "boundary" {
  description = "Whether every role carries the policy callscribe-boundary-<env> of infra/bootstrap: the most that any of them may ever do, whatever a plan writes into it."
  type        = bool
  default     = true

  validation {
    condition     = var.env != "prod" || var.boundary
    error_message = "prod must keep the boundary: without it, whoever can merge can write a role that may do anything."
  }
}

variable "api" {
  description = "The gateways: organization whose roles may call the internal one (null: this account only), VPC endpoints that make it private, requests a second and burst that each gateway lets pass."
  type = object({
    organization_id           = optional(string)
    internal_vpc_endpoint_ids = optional(list(string), [])
    rate_per_s                = optional(number, 500)
    burst                     = optional(number, 1000)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.api.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.api.organization_id))
    error_message = "api.organization_id looks like o-a1b2c3d4e5."
  }

  validation {
    condition     = alltrue([for id in var.api.internal_vpc_endpoint_ids : can(regex("^vpce-[0-9a-f]{8,17}$", id))])
    error_message = "api.internal_vpc_endpoint_ids holds ids like vpce-0123456789abcdef0."
  }

  validation {
    condition     = var.api.rate_per_s >= 1 && var.api.burst >= var.api.rate_per_s && var.api.burst <= 5000
    error_message = "api.rate_per_s is at least 1, and api.burst at least as much and at most 5,000 (the account's limit)."
  }
}

variable "cors_origins" {
  description = "Origins, beside the API's own, whose pages may PUT to a presigned upload URL; none by default."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https://[^*/]+$", origin)) || (var.env == "local" && origin == "*")])
    error_message = "cors_origins holds https origins without path or star; only the local environment may say *."
  }
}

variable "retention" {
  description = "Days after which the bucket removes audio and transcripts (a day later, as a backstop behind the reconciler; a request may ask for up to 180 and 365), and days that logs are kept."
  type = object({
    audio_days      = optional(number, 180)
    transcript_days = optional(number, 365)
    log_days        = optional(number, 365)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.retention.audio_days >= 30 && var.retention.audio_days <= 180
    error_message = "retention.audio_days is 30 (what a request gets unasked) to 180 (the most it may ask for)."
  }

  validation {
    condition     = var.retention.transcript_days >= 180 && var.retention.transcript_days <= 365
    error_message = "retention.transcript_days is 180 (what a request gets unasked) to 365 (the most it may ask for)."
  }

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365], var.retention.log_days)
    error_message = "retention.log_days is one of CloudWatch's: 30, 60, 90, 120, 150, 180 or 365."
  }
}

variable "source_buckets" {
  description = "ARNs of buckets of other teams that `audio.s3_uri` may point into."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.source_buckets : can(regex("^arn:aws:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", arn))])
    error_message = "source_buckets holds whole ARNs of buckets, without path or star."
  }
}

variable "subscribers" {
  description = "ARNs of SQS queues of other teams that every event is delivered to, as it is, without an envelope."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.subscribers : can(regex("^arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$", arn))])
    error_message = "subscribers holds whole ARNs of SQS queues, without a star."
  }
}

variable "traces" {
  description = "Where spans go: otlp (X-Ray's endpoint in this region) or none."
  type        = string
  default     = "otlp"

  validation {
    condition     = contains(["otlp", "none"], var.traces)
    error_message = "traces is otlp or none."
  }
}

variable "alarm_emails" {
  description = "Addresses that alarms and the budget are mailed to."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s*]+@[^@\\s*]+\\.[^@\\s*]+$", address))])
    error_message = "alarm_emails holds mail addresses."
  }

  validation {
    condition     = var.env != "prod" || length(var.alarm_emails) > 0
    error_message = "prod needs at least one address: an alarm that nobody hears is none."
  }
}

variable "monthly_budget_usd" {
  description = "Budget of the environment in USD a month; its owner is told at 80 % of it, forecast."
  type        = number
  default     = 750

  validation {
    condition     = var.monthly_budget_usd >= 10
    error_message = "monthly_budget_usd is at least 10 USD."
  }
}
