/** The direct subchannel of `parent` that `channel` is or stands under; `parent` itself for its own jobs. */
export function childOf(channel: string, parent: string): string {
  return `CASE WHEN ${channel} = ${parent} THEN ${parent}
      ELSE ${parent} || '.' || split_part(substr(${channel}, length(${parent}) + 2), '.', 1) END`;
}
