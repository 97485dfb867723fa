import { InvalidGraphError } from '../../errors/invalid-graph.error.js';
import { InvalidJobOptionError } from '../../errors/invalid-job-option.error.js';
import { formatValue } from '../../common/format-value.js';
import { DelayableChain } from './delayable-chain.js';
import { DelayableGroup } from './delayable-group.js';
import type { DelayableJob } from './delayable-job.js';

/** The parts of a call, a job each; see `DelayableJob.split()`. */
export function split(job: DelayableJob, size: number, chain: boolean): DelayableChain | DelayableGroup {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new InvalidJobOptionError(
      `split(size) takes a whole number of at least 1, not ${formatValue(size)}.`,
    );
  const { call, home } = job;
  const at = call.args.findIndex(Array.isArray);
  if (at < 0) {
    throw new InvalidGraphError(
      `${job.description} can't be split: none of its arguments is an array, only ${formatValue(call.args)}.`,
    );
  }
  const list = call.args[at] as readonly unknown[];
  const count = Math.max(1, Math.ceil(list.length / size));
  const key = call.options.identityKey ?? call.fn.options.identityKey;
  const parts = Array.from({ length: count }, (_, part) => {
    const args = call.args.with(at, list.slice(part * size, (part + 1) * size));
    const ending = count === 1 ? '' : ` (split ${part + 1}/${count})`;
    const identityKey = typeof key === 'string' ? key + ending : key;
    const description = job.description + ending;
    return home.build({ ...call, args, options: { ...call.options, description, identityKey } });
  });
  return chain ? new DelayableChain(parts) : new DelayableGroup(parts);
}
