/** The audit trail in sentences. */
export const auditEn = {
  'audit.failed': 'failed',
  'audit.said.jobs.run': {
    one: '{actor} ran {n} job now: {target}',
    other: '{actor} ran {n} jobs now: {target}',
  },
  'audit.said.jobs.requeue': {
    one: '{actor} requeued {n} job: {target}',
    other: '{actor} requeued {n} jobs: {target}',
  },
  'audit.said.jobs.update': {
    one: '{actor} changed {n} job: {target}',
    other: '{actor} changed {n} jobs: {target}',
  },
  'audit.said.jobs.cancel': {
    one: '{actor} cancelled {n} job: {target}',
    other: '{actor} cancelled {n} jobs: {target}',
  },
  'audit.said.jobs.done': {
    one: '{actor} set {n} job done: {target}',
    other: '{actor} set {n} jobs done: {target}',
  },
  'audit.said.jobs.delete': {
    one: '{actor} deleted {n} job: {target}',
    other: '{actor} deleted {n} jobs: {target}',
  },
  'audit.said.channels.change': '{actor} changed the channel {target}',
  'audit.said.channels.pause': '{actor} paused the channel {target}',
  'audit.said.channels.resume': '{actor} resumed the channel {target}',
  'audit.said.channels.reset': '{actor} reset the channel {target} to code',
  'audit.said.functions.change': '{actor} changed the function {target}',
  'audit.said.functions.pause': '{actor} paused the function {target}',
  'audit.said.functions.resume': '{actor} resumed the function {target}',
  'audit.said.functions.reset': '{actor} reset the function {target} to code',
  'audit.said.schedules.change': '{actor} changed the schedule {target}',
  'audit.said.schedules.run': '{actor} ran the schedule {target} now',
  'audit.said.schedules.pause': '{actor} paused the schedule {target}',
  'audit.said.schedules.resume': '{actor} resumed the schedule {target}',
  'audit.said.schedules.remove': '{actor} removed the schedule {target}',
  'audit.said.nodes.drain': '{actor} drained the node {target}',
  'audit.said.nodes.resume': '{actor} resumed the node {target}',
  'audit.said.nodes.stop': '{actor} stopped the node {target}',
  'audit.said.failures.mute': '{actor} muted the failures {target}',
  'audit.said.failures.unmute': '{actor} unmuted the failures {target}',
  'audit.said.other': '{actor}: {action} {target}',
} as const;
