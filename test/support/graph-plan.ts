import { Injectable } from '@nestjs/common';
import fc from 'fast-check';
import {
  chain,
  type DelayableJob,
  type DelayableNode,
  group,
  Job,
  type QueueService,
} from '../../lib/index.js';

/** The jobs of test/fixtures/cluster-node.ts, as this process builds them. */
@Injectable()
export class Recorder {
  @Job({ maxRetries: 0 })
  async flaky(_failures: number, _ms: number): Promise<void> {}

  @Job()
  async stubborn(_key: string, _ms: number): Promise<void> {}
}

export interface Leaf {
  readonly kind: 'job';
  readonly ms: number;
  /** Tries that are repeated; null is a job that fails for good when it first runs. */
  readonly failures: number | null;
  /** What is done to it when it has failed. */
  readonly rescue: 'requeue' | 'setDone' | 'cancel';
}
export interface Branch {
  readonly kind: 'chain' | 'group';
  readonly members: readonly Plan[];
}
export type Plan = Leaf | Branch;

export interface Scenario {
  readonly plan: Plan;
  /** More edges, from one job to one that is built later. */
  readonly edges: readonly (readonly [number, number])[];
  /** Which job is cancelled, and after how many runs. */
  readonly cancels: readonly { readonly job: number; readonly after: number }[];
}

const leaf: fc.Arbitrary<Leaf> = fc.record({
  kind: fc.constant('job' as const),
  ms: fc.nat(3),
  failures: fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant(null) }),
  rescue: fc.constantFrom('requeue' as const, 'setDone' as const, 'cancel' as const),
});
const branch = (members: fc.Arbitrary<Plan>): fc.Arbitrary<Branch> =>
  fc.record({
    kind: fc.constantFrom('chain' as const, 'group' as const),
    members: fc.array(members, { minLength: 1, maxLength: 5 }),
  });
const small = branch(leaf);
const medium = branch(fc.oneof(leaf, small));
export const scenario: fc.Arbitrary<Scenario> = fc.record({
  plan: branch(fc.oneof(leaf, small, medium)),
  edges: fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 4 }),
  cancels: fc.array(fc.record({ job: fc.nat(99), after: fc.nat(40) }), { maxLength: 3 }),
});

export const leavesOf = (plan: Plan): Leaf[] =>
  plan.kind === 'job' ? [plan] : plan.members.flatMap(leavesOf);

/** The graph as the library builds it, its jobs in the order of the leaves. */
export function build(
  queue: QueueService,
  { plan, edges }: Scenario,
): { root: DelayableNode; jobs: DelayableJob[] } {
  const jobs: DelayableJob[] = [];
  const make = (part: Plan): DelayableNode => {
    if (part.kind !== 'job') return (part.kind === 'chain' ? chain : group)(...part.members.map(make));
    const recorder = queue.delayable(Recorder);
    const key = crypto.randomUUID();
    const job =
      part.failures === null ? recorder.stubborn(key, part.ms) : recorder.flaky(part.failures, part.ms);
    jobs.push(job);
    return job;
  };
  const root = make(plan);
  for (const [from, to] of edges) {
    const [first, second] = [jobs[from % jobs.length], jobs[to % jobs.length]] as [
      DelayableJob,
      DelayableJob,
    ];
    if (jobs.indexOf(first) < jobs.indexOf(second)) first.onDone(second);
  }
  return { root, jobs };
}

/** The edges of a plan, made anew and simply: pairs of places of leaves. */
export function edgesOf({ plan, edges }: Scenario): Set<string> {
  const found = new Set<string>();
  let next = 0;
  const walk = (part: Plan): { heads: number[]; tails: number[] } => {
    if (part.kind === 'job') {
      const at = next++;
      return { heads: [at], tails: [at] };
    }
    const members = part.members.map(walk);
    if (part.kind === 'group')
      return { heads: members.flatMap(({ heads }) => heads), tails: members.flatMap(({ tails }) => tails) };
    for (const [at, member] of members.slice(1).entries()) {
      for (const from of members[at]?.tails ?? []) for (const to of member.heads) found.add(`${from} ${to}`);
    }
    return { heads: members[0]?.heads ?? [], tails: members.at(-1)?.tails ?? [] };
  };
  walk(plan);
  for (const [from, to] of edges) if (from % next < to % next) found.add(`${from % next} ${to % next}`);
  return found;
}
