import type { CallDefaults, MadeOfArguments } from '../job/call-defaults.js';
import type { KeyDefaults } from '../job/key-rules.js';
import { normalizeChannelName } from '../channel/channel-name.js';
import { DEFAULT_MAX_PAYLOAD_BYTES } from '../payload/payload-size.js';
import { channelOf, type JobFunction } from './job-function.js';

/** What the module's options say of all job functions. */
export interface ModuleDefaults {
  readonly channel: string | undefined;
  readonly priority: number | undefined;
  readonly maxRetries: number | undefined;
  readonly tags: readonly string[] | undefined;
  /** Seconds. */
  readonly startBefore: number | undefined;
  readonly keys: KeyDefaults;
  readonly maxPayloadBytes: number | undefined;
  readonly cipher: object | undefined;
}

/** What a call of this job function has that gives nothing. */
export function callDefaultsOf(fn: JobFunction, settings: ModuleDefaults): CallDefaults {
  const { defaultChannel, description, identityKey, ...own } = fn.options;
  const made: MadeOfArguments[] = [];
  if (typeof defaultChannel === 'function') made.push('channel');
  if (typeof identityKey === 'function') made.push('identityKey');
  const all = {
    channel: made.includes('channel') ? undefined : normalizeChannelName(channelOf(fn, settings.channel)),
    priority: own.priority ?? settings.priority,
    maxRetries: own.maxRetries ?? settings.maxRetries,
    // One that is made of the arguments is for people to read: the name has to do.
    description: typeof description === 'string' ? description : undefined,
    identityKey: typeof identityKey === 'string' ? identityKey : undefined,
    identityScope: own.identityScope,
    onDuplicate: own.onDuplicate,
    maxWait: own.maxWait,
    tags: own.tags ?? settings.tags,
    startBefore: own.startBefore ?? settings.startBefore,
    keys: Object.keys(settings.keys).length === 0 ? undefined : settings.keys,
    made: made.length === 0 ? undefined : made,
    encrypts: settings.cipher !== undefined || undefined,
    maxPayloadBytes: settings.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as CallDefaults;
}
