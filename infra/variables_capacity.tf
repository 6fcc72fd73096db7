# How much must be carried, how fast a worker is, and when work may wait. locals.tf computes the ceilings from it.

variable "load" {
  description = "What must be carried: sales reps, calls a rep and day, mean seconds of a call, share (0-1) of a day's calls in its busiest hour, hours of old calls that a night transcribes again."
  type = object({
    reps                = optional(number, 100)
    calls_per_rep_day   = optional(number, 16)
    mean_call_seconds   = optional(number, 360)
    peak_hour_share     = optional(number, 0.145)
    nightly_audio_hours = optional(number, 50)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for value in values(var.load) : value > 0])
    error_message = "Every number of load is above 0."
  }

  validation {
    condition     = var.load.peak_hour_share >= 0.05 && var.load.peak_hour_share <= 1
    error_message = "load.peak_hour_share is a share, 0.05 to 1: 14.5 % of the day is 0.145."
  }

  validation {
    condition     = var.load.mean_call_seconds <= 3600
    error_message = "load.mean_call_seconds is at most 3,600: longer calls are refused by the API."
  }
}

variable "worker" {
  description = "One worker: call-seconds it does a second, seconds of overhead a job, seconds from zero to ready, heartbeat and stop timeout in seconds, and the most workers of the interactive lane and instances of the on-demand pool (null: computed)."
  type = object({
    measured_r           = optional(number, 60)
    job_overhead_seconds = optional(number, 1.5)
    ready_seconds        = optional(number, 240)
    heartbeat_seconds    = optional(number, 20)
    stop_timeout_seconds = optional(number, 120)
    max                  = optional(number)
    on_demand_max        = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.worker.measured_r >= 1 && var.worker.job_overhead_seconds >= 0 && var.worker.ready_seconds >= 10
    error_message = "worker.measured_r is at least 1, job_overhead_seconds at least 0, ready_seconds at least 10."
  }

  validation {
    condition     = var.worker.stop_timeout_seconds >= 30 && var.worker.stop_timeout_seconds <= 120
    error_message = "worker.stop_timeout_seconds is 30 to 120: a Spot instance is gone two minutes after its notice."
  }

  validation {
    condition     = var.worker.heartbeat_seconds >= 1
    error_message = "worker.heartbeat_seconds is at least 1."
  }

  validation {
    condition     = coalesce(var.worker.max, 1) >= 1 && coalesce(var.worker.on_demand_max, 1) >= 1
    error_message = "worker.max and worker.on_demand_max are at least 1, or null."
  }
}

variable "lanes" {
  description = "Each lane: profile (responsive: workers wait for calls in office hours; economy: calls wait for workers; night: workers at night), goal for the wait in seconds, workers that are always there in its hours (null: what the mean hour of the office needs in the responsive profile, else none), message visibility in seconds, receives before a message is dead, days that messages and dead letters are kept, and how its workers are spread over the pools."
  type = object({
    interactive = optional(object({
      profile                    = optional(string, "responsive")
      goal_seconds               = optional(number, 300)
      floor                      = optional(number)
      visibility_timeout_seconds = optional(number, 60)
      max_receive_count          = optional(number, 10)
      retention_days             = optional(number, 14)
      dead_letter_days           = optional(number, 14)
      on_demand_base             = optional(number, 1)
      on_demand_weight           = optional(number, 1)
      spot_weight                = optional(number, 3)
    }), {})
    batch = optional(object({
      profile                    = optional(string, "night")
      goal_seconds               = optional(number, 14400)
      floor                      = optional(number)
      visibility_timeout_seconds = optional(number, 60)
      max_receive_count          = optional(number, 10)
      retention_days             = optional(number, 14)
      dead_letter_days           = optional(number, 14)
      on_demand_base             = optional(number, 0)
      on_demand_weight           = optional(number, 0)
      spot_weight                = optional(number, 1)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for lane in values(var.lanes) : contains(["responsive", "economy", "night"], lane.profile)])
    error_message = "lanes.*.profile is responsive, economy or night."
  }

  validation {
    condition     = alltrue([for lane in values(var.lanes) : lane.goal_seconds > var.worker.ready_seconds || coalesce(lane.floor, lane.profile == "responsive" ? 1 : 0) >= 1])
    error_message = "A goal that is not above worker.ready_seconds needs a floor of at least 1: nobody is ready in time from zero."
  }

  validation {
    condition     = alltrue([for lane in values(var.lanes) : lane.goal_seconds >= 30 && coalesce(lane.floor, 0) >= 0 && lane.max_receive_count >= 3 && lane.max_receive_count <= 1000])
    error_message = "lanes.*: goal_seconds is at least 30, floor at least 0, max_receive_count 3 to 1,000."
  }

  validation {
    condition     = alltrue([for lane in values(var.lanes) : lane.visibility_timeout_seconds >= 3 * var.worker.heartbeat_seconds])
    error_message = "lanes.*.visibility_timeout_seconds is at least three heartbeats: one lost heartbeat must not give a job to a second worker."
  }

  validation {
    condition     = alltrue([for lane in values(var.lanes) : lane.visibility_timeout_seconds <= 43200])
    error_message = "lanes.*.visibility_timeout_seconds is at most 43,200 (12 h), the most that SQS allows."
  }

  validation {
    condition     = alltrue([for lane in values(var.lanes) : lane.retention_days >= 1 && lane.dead_letter_days <= 14 && lane.dead_letter_days >= lane.retention_days])
    error_message = "lanes.*.dead_letter_days is at least retention_days and at most 14: a dead letter keeps the time at which it was first sent."
  }

  validation {
    condition     = alltrue([for lane in values(var.lanes) : lane.on_demand_base >= 0 && lane.on_demand_weight >= 0 && lane.spot_weight >= 0 && lane.on_demand_weight + lane.spot_weight > 0])
    error_message = "lanes.*: bases and weights are at least 0, and one weight above 0."
  }
}

variable "office_hours" {
  description = "When the floors hold: open and close as HH:MM, days as in cron, time zone by its IANA name (nightly.start counts in it too)."
  type = object({
    open     = optional(string, "07:45")
    close    = optional(string, "19:30")
    days     = optional(string, "MON-FRI")
    timezone = optional(string, "Europe/Paris")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for time in [var.office_hours.open, var.office_hours.close] : can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", time))])
    error_message = "office_hours.open and close are HH:MM, 00:00 to 23:59."
  }

  validation {
    condition     = try(tonumber(replace(var.office_hours.open, ":", "")) < tonumber(replace(var.office_hours.close, ":", "")), true)
    error_message = "office_hours.open comes before close, on one day."
  }

  validation {
    condition     = can(regex("^(MON|TUE|WED|THU|FRI|SAT|SUN)([-,](MON|TUE|WED|THU|FRI|SAT|SUN))*$", var.office_hours.days))
    error_message = "office_hours.days is like MON-FRI or MON,WED."
  }

  validation {
    condition     = can(regex("^(Europe/[A-Za-z_]+|UTC)$", var.office_hours.timezone))
    error_message = "office_hours.timezone is UTC or Europe/<city>."
  }
}

variable "nightly" {
  description = "The night: start as HH:MM, deadline as HH:MM of the next morning, and the batches to make as JSON (a list; see api/functions/nightly.py)."
  type = object({
    start    = optional(string, "22:00")
    deadline = optional(string, "06:00")
    batches  = optional(string, "[]")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for time in [var.nightly.start, var.nightly.deadline] : can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", time))])
    error_message = "nightly.start and deadline are HH:MM, 00:00 to 23:59."
  }

  validation {
    condition     = try(tonumber(replace(var.nightly.start, ":", "")) > tonumber(replace(var.nightly.deadline, ":", "")), true)
    error_message = "nightly.start is in the evening and deadline in the next morning."
  }

  validation {
    condition     = can([for batch in jsondecode(var.nightly.batches) : "${batch.tenant}${jsonencode(batch.request)}"])
    error_message = "nightly.batches is a JSON list of objects with tenant and request."
  }
}

variable "fast_scale_in" {
  description = "Empty GPU instances go after 3 minutes instead of the capacity provider's fixed 15. Off until it was tried on staging: a changed group upsets the provider's metric (containers-roadmap 945)."
  type        = bool
  default     = false

  validation {
    condition     = var.fast_scale_in || alltrue([for lane in values(var.lanes) : lane.profile != "economy"])
    error_message = "The economy profile needs fast_scale_in: with the capacity provider's 15-minute tail it costs more than responsive (14.3 against 12.2 GPU-hours a day at 100 reps, simulated)."
  }
}
