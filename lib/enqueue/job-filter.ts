import { normalizeChannelName } from '../channel/channel-name.js';
import { ChannelConfigError } from '../errors/channel-config.error.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { isJobState, JOB_STATES } from '../job/job-state.js';
import { checkObject, checkText } from '../job/option-checks.js';
import { show } from '../job/show.js';
import type { JobFilter } from '../store/job-store.js';
import { checkUuid } from './given.js';

const PROPERTIES = ['state', 'name', 'channel', 'graphUuid', 'batchUuid', 'userId', 'before', 'limit'];
const MAX_LIMIT = 1_000;

/** @throws InvalidJobOptionError that names the property, the value and what is allowed */
export function checkFilter(filter: JobFilter): JobFilter {
  for (const property of Object.keys(checkObject('list()', filter))) {
    if (!PROPERTIES.includes(property)) {
      throw new InvalidJobOptionError(
        `A filter has no property ${show(property)}; it has ${PROPERTIES.join(', ')}.`,
      );
    }
  }
  const { state, name, channel, graphUuid, batchUuid, userId, before, limit } = filter;
  for (const one of state === undefined ? [] : [state].flat()) {
    if (!isJobState(one))
      throw new InvalidJobOptionError(`state must be among ${JOB_STATES.join(', ')}, not ${show(one)}.`);
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT)) {
    throw new InvalidJobOptionError(
      `limit must be a whole number from 1 to ${MAX_LIMIT}, not ${show(limit)}.`,
    );
  }
  if (name !== undefined) checkText('name', name);
  if (userId !== undefined) checkText('userId', userId);
  if (graphUuid !== undefined) checkUuid(graphUuid);
  if (batchUuid !== undefined) checkUuid(batchUuid);
  if (before !== undefined) checkUuid(before);
  return channel === undefined ? filter : { ...filter, channel: readChannel(channel) };
}

/** @throws InvalidJobOptionError, as for any other property of a call */
export function readChannel(name: string): string {
  try {
    return normalizeChannelName(name);
  } catch (error) {
    if (!(error instanceof ChannelConfigError)) throw error;
    throw new InvalidJobOptionError(`channel: ${error.message}`, { cause: error });
  }
}
