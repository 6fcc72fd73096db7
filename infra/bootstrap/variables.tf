variable "region" {
  description = "AWS region of state, artifacts and images: that of the environments."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^eu-(central|west|north|south)-[1-9]$", var.region)) && var.region != "eu-west-2" && var.region != "eu-central-2"
    error_message = "region must lie in the EU, as that of the environments must."
  }
}

variable "repository" {
  description = "The GitHub repository whose workflows may take the roles: owner and name, and their numeric ids (`gh api repos/OWNER/NAME --jq '.owner.id, .id'`). A name can be given to somebody else one day, an id cannot."
  type = object({
    owner    = string
    owner_id = number
    name     = string
    id       = number
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,39}$", var.repository.owner)) && can(regex("^[A-Za-z0-9._-]{1,100}$", var.repository.name))
    error_message = "repository.owner and repository.name are plain names: no slash, no star."
  }

  validation {
    condition     = var.repository.owner_id > 0 && var.repository.id > 0
    error_message = "repository.owner_id and repository.id are the numbers that GitHub gives."
  }
}

variable "environments" {
  description = "Environments that are deployed to from here, in this account. Each gets a role that plans and one that applies."
  type        = list(string)
  default     = ["dev", "staging", "prod"]

  validation {
    condition     = length(var.environments) > 0 && alltrue([for env in var.environments : can(regex("^[a-z][a-z0-9]{1,11}$", env))])
    error_message = "environments holds names of 2 to 12 small letters and digits."
  }

  validation {
    condition     = length(distinct(var.environments)) == length(var.environments) && length(setintersection(var.environments, ["build", "boundary", "deploy", "gateway", "plan", "planner"])) == 0
    error_message = "environments holds different names, and none that a role of the pipelines begins with."
  }
}

variable "roles_carry_boundary" {
  description = "Whether every role in infra/ names the boundary policy of its environment. If so, deploy roles may make no role without it, and so none that could do more than the boundary says."
  type        = bool
  default     = true
}
