import { type NodeEvent, type NodeLifeState, NodeStateMachine } from '../../../lib/runner/node-state.js';

/** How a node gets into each state. */
const PATHS: Readonly<Record<NodeLifeState, readonly NodeEvent[]>> = {
  starting: [],
  running: ['started'],
  draining: ['started', 'drain'],
  disconnected: ['started', 'disconnected'],
  stopping: ['started', 'stop'],
  stopped: ['started', 'stop', 'stopped'],
};

const EVENTS: readonly NodeEvent[] = [
  'started',
  'drain',
  'resume',
  'disconnected',
  'reconnected',
  'stop',
  'stopped',
];

const after = (events: readonly NodeEvent[]): { machine: NodeStateMachine; entered: NodeLifeState[] } => {
  const entered: NodeLifeState[] = [];
  const machine = new NodeStateMachine((state) => entered.push(state));
  for (const event of events) machine.apply(event);
  entered.length = 0;
  return { machine, entered };
};

describe('a node', () => {
  it.each<[NodeLifeState, NodeEvent, NodeLifeState]>([
    ['starting', 'started', 'running'],
    ['starting', 'stop', 'stopping'],
    ['running', 'drain', 'draining'],
    ['running', 'disconnected', 'disconnected'],
    ['running', 'stop', 'stopping'],
    ['draining', 'resume', 'running'],
    ['draining', 'disconnected', 'disconnected'],
    ['draining', 'stop', 'stopping'],
    ['disconnected', 'reconnected', 'running'],
    ['disconnected', 'stop', 'stopping'],
    ['stopping', 'stopped', 'stopped'],
  ])('that is %s and meets "%s" is %s', (state, event, next) => {
    const { machine, entered } = after(PATHS[state]);
    expect(machine.state).toBe(state);
    expect(machine.apply(event)).toBe(true);
    expect([machine.state, entered]).toEqual([next, [next]]);
  });

  it('never leaves its end, and is not changed by what its state does not know', () => {
    for (const [state, path] of Object.entries(PATHS)) {
      for (const event of EVENTS) {
        const { machine, entered } = after(path);
        if (machine.apply(event)) continue;
        expect([machine.state, entered]).toEqual([state, []]);
      }
    }
    for (const event of EVENTS) expect(after([...PATHS.stopping, event]).machine.ending).toBe(true);
  });
});
