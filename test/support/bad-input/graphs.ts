import {
  chain,
  type DelayableJob,
  group,
  InvalidGraphError,
  InvalidJobOptionError,
} from '../../../lib/index.js';
import { type BadInput, refusedWith, wrong } from './bad-input.js';
import type { Calls } from './calls.js';
import { Target } from './jobs.js';

const graph = refusedWith<Calls>(InvalidGraphError, 'INVALID_GRAPH');
const option = refusedWith<Calls>(InvalidJobOptionError, 'INVALID_JOB_OPTION');

const job = ({ queue }: Calls, ...args: unknown[]): DelayableJob => queue.delayable(Target).run(...args);

const NODES = 'takes what queue.delayable(provider).method(), chain() and group() answer';

export const graphs: readonly BadInput<Calls>[] = [
  graph('an empty chain', () => chain(), 'chain() needs at least one member'),
  graph('an empty group', () => group(), 'group() needs at least one member'),
  graph(
    'an empty group in a chain',
    (calls) => chain(job(calls), group()),
    'group() needs at least one member',
  ),
  ...[null, undefined, 5, 'job', {}, [], Target].flatMap((value) => [
    graph('no member of a chain', (calls) => chain(job(calls), wrong(value)), `chain() ${NODES}`, 'not '),
    graph('no member of a group', () => group(wrong(value)), `group() ${NODES}`, 'not '),
    graph('no follower', (calls) => job(calls).onDone(wrong(value)), `onDone() ${NODES}`, 'not '),
    graph('nothing to delay', ({ queue }) => queue.delayAll([wrong(value)]), `delayAll() ${NODES}`, 'not '),
  ]),
  graph('a member twice', (calls) => {
    const one = job(calls);
    return chain(one, one);
  }, 'is twice in this chain'), // prettier-ignore
  graph('a member of two groups', (calls) => {
    const one = job(calls);
    group(one);
    return group(one);
  }, 'is already in group(', 'A member has one place'), // prettier-ignore
  graph('a job after itself', (calls) => {
    const one = job(calls);
    return one.onDone(one);
  }, "can't wait for itself"), // prettier-ignore
  graph('a circle of two', (calls) => {
    const [one, other] = [job(calls), job(calls)];
    one.onDone(other);
    other.onDone(one);
    return one.delay();
  }, "can't wait for each other in a circle", 'Nothing was stored'), // prettier-ignore
  graph('a circle of 10,000', (calls) => {
    const jobs = Array.from({ length: 10_000 }, () => job(calls));
    jobs.at(-1)?.onDone(chain(...jobs));
    return jobs[0]?.delay();
  }, 'in a circle', '… 9988 more'), // prettier-ignore
  graph('what was delayed already', async (calls) => {
    const [one, other] = [job(calls), job(calls)];
    one.onDone(other);
    other.onDone(one);
    await one.delay().catch(() => undefined);
    const split = job(calls, [1, 2, 3]);
    split.split(2);
    return split.delay();
  }, 'was split', 'Build another delayable'), // prettier-ignore
  graph('one delayable twice', (calls) => {
    const one = job(calls);
    return calls.queue.delayAll([one, one]);
  }, 'the same delayable twice'), // prettier-ignore
  graph(
    'a split of no array',
    (calls) => job(calls, 1, 'text').split(2),
    "can't be split",
    'none of its arguments is an array',
  ),
  graph('a split inside of a graph', (calls) => {
    const one = job(calls, [1, 2, 3]);
    chain(one, job(calls));
    return one.split(2);
  }, 'stands in a graph already', 'Split it first'), // prettier-ignore
  ...[0, -1, 1.5, NaN, Infinity, '2', null, undefined].map((size) =>
    option(
      'a split into parts of no size',
      (calls) => job(calls, [1, 2]).split(wrong(size)),
      'split(size) takes a whole number of at least 1, not ',
    ),
  ),
  option(
    'split(2, null)',
    (calls) => job(calls, [1, 2]).split(2, wrong(null)),
    'split() takes an object of options, not null',
  ),
  option(
    'split(2, { chain })',
    (calls) => job(calls, [1, 2]).split(2, wrong({ chain: 'yes' })),
    "chain must be true or false, not 'yes'",
  ),
  option(
    'delay(null)',
    (calls) => job(calls).delay(wrong(null)),
    'delay() takes an object of options, not null',
  ),
  option(
    'delayAll([], null)',
    ({ queue }) => queue.delayAll([], wrong(null)),
    'delayAll() takes an object of options, not null',
  ),
  option(
    'delay({ manager })',
    (calls) => group(job(calls), job(calls)).delay({ manager: wrong({}) }),
    "manager must be the EntityManager of the caller's transaction",
    'not {}',
  ),
  ...[null, 'jobs', {}, 5].map((value) =>
    graph(
      'delayAll(no array)',
      ({ queue }) => queue.delayAll(wrong(value)),
      'delayAll() takes an array of delayables, not ',
    ),
  ),
];
