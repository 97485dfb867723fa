import { ChannelConfigError } from '../errors/channel-config.error.js';
import { formatValue } from '../common/format-value.js';

const ROOT = 'root';
const MAX_LENGTH = 255;
const PART = /^[\p{L}\p{M}\p{N}_-]+$/u;
const ALLOWED = `parts joined by dots, each of letters, digits, "_" and "-", ${MAX_LENGTH} characters at most in all`;

/**
 * The full path of a channel. `root.` may be left out; case counts, so `Root` is a channel below `root`. Letters that
 * Unicode writes in two ways are made one (NFC), or two channels would look alike.
 *
 * @throws ChannelConfigError where the name is empty or holds characters that no channel may have
 * @example
 * ```ts
 * normalizeChannelName('mail'); // 'root.mail'
 * normalizeChannelName('root'); // 'root'
 * ```
 */
export function normalizeChannelName(name: string): string {
  const path = withRoot(name);
  if (path === undefined || !path.split('.').every(isPart)) {
    throw new ChannelConfigError(
      `${formatValue(name)} is not the name of a channel: allowed are ${ALLOWED}.`,
    );
  }
  return path;
}

/**
 * As {@link normalizeChannelName}, for the name of a configuration: its last part may be the wildcard `*`.
 *
 * @throws ChannelConfigError as there, or where `*` stands anywhere else
 * @example
 * ```ts
 * normalizeChannelPattern('tenants.*'); // 'root.tenants.*'
 * ```
 */
export function normalizeChannelPattern(name: string): string {
  const path = withRoot(name);
  const parts = path?.split('.') ?? [];
  if (
    path === undefined ||
    !parts.every((part, at) => isPart(part) || (part === '*' && at === parts.length - 1))
  ) {
    throw new ChannelConfigError(
      `${formatValue(name)} is not the name of a channel: allowed are ${ALLOWED}; the last part may be "*".`,
    );
  }
  return path;
}

/**
 * The channels that a job of this channel needs room in, from the root down to the channel itself.
 *
 * @param name - a full path
 * @example
 * ```ts
 * ancestorsOf('root.a.b'); // ['root', 'root.a', 'root.a.b']
 * ```
 */
export function ancestorsOf(name: string): string[] {
  const parts = name.split('.');
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
}

/**
 * The channel above this one, `null` for the root.
 *
 * @param name - a full path
 * @example
 * ```ts
 * parentOf('root.a.b'); // 'root.a'
 * ```
 */
export function parentOf(name: string): string | null {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? null : name.slice(0, dot);
}

function withRoot(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const normal = name.normalize('NFC');
  const path = normal === ROOT || normal.startsWith(`${ROOT}.`) ? normal : `${ROOT}.${normal}`;
  return path.length > MAX_LENGTH ? undefined : path;
}

function isPart(part: string): boolean {
  return PART.test(part);
}
