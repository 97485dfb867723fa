/**
 * The life of a node:
 * - `starting`: it registers and proves that it is alive; it claims nothing yet.
 * - `running`: it claims and runs jobs.
 * - `draining`: somebody has asked it to claim no more; what runs goes on.
 * - `disconnected`: it could not prove for too long that it is alive, so others may have its jobs; it claims nothing.
 * - `stopping`: it claims nothing, and waits for what runs.
 * - `stopped`: it is gone.
 */
export type NodeLifeState = 'starting' | 'running' | 'draining' | 'disconnected' | 'stopping' | 'stopped';

/** `sleeping`: its node has stopped by itself, since nothing was due, and another one follows when something is. */
export type RunnerState = NodeLifeState | 'sleeping';

/** What can happen to a node. */
export type NodeEvent = 'started' | 'drain' | 'resume' | 'disconnected' | 'reconnected' | 'stop' | 'stopped';

/** Every transition there is. An event that has none in a state changes nothing there. */
const TRANSITIONS: Readonly<Record<NodeLifeState, Partial<Readonly<Record<NodeEvent, NodeLifeState>>>>> = {
  starting: { started: 'running', stop: 'stopping' },
  running: { drain: 'draining', disconnected: 'disconnected', stop: 'stopping' },
  draining: { resume: 'running', disconnected: 'disconnected', stop: 'stopping' },
  disconnected: { reconnected: 'running', stop: 'stopping' },
  stopping: { stopped: 'stopped' },
  stopped: {},
};

/** In which state a node is. */
export class NodeStateMachine {
  private current: NodeLifeState = 'starting';

  /** @param entered - called with each new state */
  constructor(private readonly entered: (state: NodeLifeState) => void) {}

  get state(): NodeLifeState {
    return this.current;
  }

  /** Whether it has begun to end. */
  get ending(): boolean {
    return this.current === 'stopping' || this.current === 'stopped';
  }

  /** Returns whether the event has changed the state. */
  apply(event: NodeEvent): boolean {
    const next = TRANSITIONS[this.current][event];
    if (next === undefined) return false;
    this.current = next;
    this.entered(next);
    return true;
  }
}
