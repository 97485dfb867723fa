import type { NodeCommand } from '../store/nodes/node-store.js';
import type { NodeStateMachine } from './node-state.js';
import type { NodeLog } from './reporting/node-log.js';

/** Carries out what people ask of this node: to drain, to go on, to stop. */
export class NodeCommands {
  private command: NodeCommand | null = null;

  /** @param stopRequested - called once for each request to stop */
  constructor(
    private readonly machine: NodeStateMachine,
    private readonly log: NodeLog,
    private readonly stopRequested: () => void,
  ) {}

  /** The command is stored in the node's row, so it also holds if its notification was lost. */
  apply(node: number, command: NodeCommand | null): void {
    if (command === this.command || this.machine.ending) return;
    this.command = command;
    if (command === 'stop') {
      this.log.stopRequested(node);
      this.stopRequested();
    } else if (command === 'drain') {
      this.log.draining(node);
      this.machine.apply('drain');
    } else {
      this.log.resumed(node);
      this.machine.apply('resume');
    }
  }

  /** The node has proven again that it is alive. What was asked of it before still holds. */
  reconnected(): void {
    this.machine.apply('reconnected');
    if (this.command === 'drain') this.machine.apply('drain');
  }
}
