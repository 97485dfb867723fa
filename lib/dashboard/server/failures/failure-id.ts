import type { FailureKey } from '../../../store/stats/failure-store.js';

export const failureId = ({ name, fingerprint }: FailureKey): string => `${fingerprint}:${name}`;

/** @throws Error that says what is allowed */
export function parseFailureId(id: string): FailureKey {
  const [, fingerprint, name] = /^([0-9a-f]{0,64}):([^\0]{1,255})$/.exec(id) ?? [];
  if (fingerprint === undefined || name === undefined) throw new Error('must be an id of GET failures');
  return { name, fingerprint };
}
