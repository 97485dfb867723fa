import type { ConnectionOptions } from '../../store/connection/connection-options.js';

/** Connection options for a thread: what can be copied, and a password that is to be asked for each connection. */
export interface ThreadOptions {
  readonly plain: object;
  readonly password: (() => string | Promise<string>) | undefined;
}

/** Functions that only pools use. */
const OF_THE_POOL = new Set(['Promise', 'log', 'verify', 'types']);

/** The options as a thread can get them, or the name of the first that can't be given to one. */
export function threadOptions(options: ConnectionOptions): ThreadOptions | string {
  const { password, ssl, ...rest } = options as ConnectionOptions & Record<string, unknown>;
  const plain: Record<string, unknown> = {};
  const given = Object.entries(rest).filter(([name]) => !OF_THE_POOL.has(name));
  if (typeof password !== 'function') given.push(['password', password]);
  // pg hides the key from a spread and from a copy for a thread.
  if (typeof ssl === 'object' && ssl !== null) {
    const { key } = ssl;
    given.push(
      ...Object.entries({ ...ssl, key }).map(([name, value]): [string, unknown] => [`ssl.${name}`, value]),
    );
    plain['ssl'] = {};
  } else {
    given.push(['ssl', ssl]);
  }
  for (const [name, value] of given) {
    if (!canBeCopied(value)) return name;
    if (name.startsWith('ssl.')) (plain['ssl'] as Record<string, unknown>)[name.slice(4)] = value;
    else plain[name] = value;
  }
  return { plain, password: typeof password === 'function' ? password : undefined };
}

/** An instance of a class would lose its methods on the way, and with them what it is for. */
function canBeCopied(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return true;
  if (Array.isArray(value)) return value.every(canBeCopied);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every(canBeCopied);
}
