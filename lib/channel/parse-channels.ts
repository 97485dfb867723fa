import { ChannelConfigError } from '../errors/channel-config.error.js';

import type { ChannelConfig, ChannelOptions } from './channel-config.js';
import { checkChannelOptions } from './check-channel-options.js';
import { parseChannelEntry } from './parse-channel-entry.js';
import { formatValue } from '../common/format-value.js';

/**
 * Reads the module's `channels` option. As text its entries are separated by commas or line breaks:
 * `channel(.sub)*(:capacity(:key(=value)?)*)?`, with the keys `sequential`, `throttle=<seconds>`, `rate=<starts>/<seconds>`, `fair` and `paused`.
 * Blanks around every part are ignored, empty entries skipped, `root.` may be left out, a capacity left out is 1, and
 * the last entry for a channel wins.
 *
 * @param input - the text, or the same as objects
 * @returns one config a channel, in the order in which the channels are first named
 * @throws ChannelConfigError that quotes the entry and says what is allowed
 * @example
 * ```ts
 * parseChannels('root:20, mail:5, erp:1:sequential, api:4:throttle=2, tenants.*:2');
 * ```
 */
export function parseChannels(input: string | readonly ChannelOptions[]): ChannelConfig[] {
  const byName = new Map<string, ChannelConfig>();
  for (const config of entriesOf(input)) byName.set(config.name, config);
  return [...byName.values()];
}

function entriesOf(input: unknown): ChannelConfig[] {
  if (typeof input === 'string') {
    return input
      .split(/[,\r\n]/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map(parseChannelEntry);
  }
  // Array.from visits holes too, which map() would hand on as missing configs.
  if (Array.isArray(input)) return Array.from(input, (entry: unknown) => checkChannelOptions(entry));
  throw new ChannelConfigError(
    `channels must be a text such as "root:20,root.mail:5" or a list of objects such as { name: 'root', capacity: 20 }, not ${formatValue(input)}.`,
  );
}
