import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import { Isolation } from './isolation.js';
import { StartThrottle } from './start-throttle.js';

/** How many nodes have died with a job before it runs apart from others. */
const SUSPECT_DEATHS = 2;

export interface AttemptStarterHooks {
  /** Calls the method. */
  readonly begin: (attempt: RunningAttempt) => void;
  /** The next round trip writes the start of the attempt; then {@link AttemptStarter.startWritten} is called. */
  readonly writeStart: (attempt: RunningAttempt) => void;
}

/**
 * When the method of an attempt that has a slot is called: at once, after the database knows that it has started, or after
 * all other jobs of this node have ended.
 */
export class AttemptStarter {
  private readonly throttle: StartThrottle;
  private readonly isolation: Isolation;

  constructor(private readonly hooks: AttemptStarterHooks) {
    this.throttle = new StartThrottle((attempt) => hooks.begin(attempt));
    this.isolation = new Isolation((attempt) => this.awaitStart(attempt));
  }

  /** Nothing else may begin on this node. */
  get isolating(): boolean {
    return this.isolation.active;
  }

  /** @param attempts - how many attempts have a slot here, with this one */
  start(attempt: RunningAttempt, attempts: number): void {
    if (attempt.job.deaths >= SUSPECT_DEATHS) {
      attempt.awaitsStart = true;
      this.isolation.add(attempt);
      this.isolation.advance(attempts);
    } else if (isStartWritten(attempt.job)) {
      this.awaitStart(attempt);
    } else {
      this.throttle.start(attempt);
    }
  }

  /** The database knows that the attempt has started. */
  startWritten(attempt: RunningAttempt): void {
    this.throttle.start(attempt);
  }

  /** Gives the next isolated attempt its turn, if it has come. */
  advance(attempts: number): void {
    this.isolation.advance(attempts);
  }

  /** The slot of the attempt is free. */
  left(attempt: RunningAttempt): void {
    this.isolation.remove(attempt);
  }

  /** Removes the isolated attempts that have not had their turn, and returns them. */
  takeIsolated(): RunningAttempt[] {
    return this.isolation.takeWaiting();
  }

  private awaitStart(attempt: RunningAttempt): void {
    attempt.awaitsStart = true;
    this.hooks.writeStart(attempt);
  }
}

/**
 * Whether the start of a job is written before its method is called, and not beside it once it lasts. A death of the node
 * in between leaves open whether the method had begun: that is not counted as an attempt, but only once for each job. From
 * then on, and at the last attempt, which nobody would repeat, the database has to know.
 */
const isStartWritten = ({ deaths, retry, maxRetries }: ClaimedJob): boolean =>
  deaths > 0 || (maxRetries > 0 && retry >= maxRetries);
