import { type ChannelConfig, unlimitedChannel } from '../../lib/channel/channel-config.js';
import { parentOf } from '../../lib/channel/channel-name.js';

/**
 * What a channel made on first use is given: its own entry, else the wildcard's of the channel right above it, else no
 * limit. A wildcard reaches one level down: `root.tenants.*` is for `root.tenants.a`, not for `root.tenants.a.mail`.
 *
 * @param name - a full path
 * @param configs - as `parseChannels()` gives them
 * @example
 * ```ts
 * configFor('root.tenants.acme', parseChannels('tenants.*:2')).capacity; // 2
 * ```
 */
export function configFor(name: string, configs: readonly ChannelConfig[]): ChannelConfig {
  const own = configs.find((config) => config.name === name);
  if (own !== undefined) return own;
  const parent = parentOf(name);
  const wildcard = parent === null ? undefined : configs.find((config) => config.name === `${parent}.*`);
  return wildcard === undefined ? unlimitedChannel(name) : { ...wildcard, name };
}
