import { useApp } from './app-context.js';
import { useResource } from './resource.js';

/** A group of failures in words: the job, and the first line of its error; the job alone where it is gone. */
export function useFailureWords(id: string | undefined): string {
  const { api } = useApp();
  const { data } = useResource(id === undefined ? 'failures:none' : 'failures', async (signal) =>
    id === undefined ? [] : api.failures(signal),
  );
  const group = data?.find((one) => one.id === id);
  if (group === undefined) {
    // An id is a fingerprint and a name.
    return id?.slice(id.indexOf(':') + 1) ?? '';
  }
  const [line = ''] = group.excMessage.trim().split('\n', 1);
  return `${group.name} · ${group.excName}${line === '' ? '' : `: ${line}`}`;
}
