import { EmbeddedPostgres } from '../../sample/src/embedded-postgres.js';
import { ReplicatedPostgres } from '../support/replicated-postgres.js';
import { TcpProxy } from '../support/tcp-proxy.js';

// The server crashes, the system doesn't: what is written is there without waiting for the disk.
const SETTINGS = {
  max_connections: '200',
  deadlock_timeout: '100ms',
  fsync: 'off',
  // The order of commits is that in which batches are judged.
  track_commit_timestamp: 'on',
};

/** The PostgreSQL of a campaign, under one address: alone, or with a standby that takes over at some time. */
export class ChaosServer {
  private constructor(
    private readonly alone: EmbeddedPostgres | null,
    private readonly pair: ReplicatedPostgres | null,
    private readonly address: TcpProxy,
  ) {}

  static async start(standby: boolean): Promise<ChaosServer> {
    const pair = standby ? await ReplicatedPostgres.start(SETTINGS) : null;
    const alone = standby ? null : await EmbeddedPostgres.start({ settings: SETTINGS });
    const { url } = pair?.primary ?? (alone as EmbeddedPostgres);
    return new ChaosServer(alone, pair, await TcpProxy.start(url));
  }

  /** A connection string of the superuser, to whichever is the primary. */
  get url(): string {
    return this.address.through(this.current.url);
  }

  /** Whether there is a standby that has not taken over yet. */
  get canFailOver(): boolean {
    return this.pair !== null && this.pair.current === this.pair.primary;
  }

  /** The server crashes, and comes back. */
  async restart(): Promise<void> {
    await this.current.restartImmediate();
  }

  /** The primary dies, the standby becomes the primary, and the address leads to it. */
  async failOver(): Promise<void> {
    if (this.pair === null) return;
    await this.pair.killPrimary();
    await this.pair.promote();
    this.address.turnTo(this.pair.standby.url);
    this.address.cut();
  }

  async stop(): Promise<void> {
    await this.address.close();
    await (this.pair ?? this.alone)?.stop();
  }

  private get current(): EmbeddedPostgres {
    return this.pair?.current ?? (this.alone as EmbeddedPostgres);
  }
}
