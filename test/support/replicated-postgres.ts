import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../sample/src/embedded-postgres.js';
import { onServer } from './role.js';

/** A primary and its standby, with synchronous streaming replication: what was committed is on both. */
export class ReplicatedPostgres {
  private promoted = false;

  private constructor(
    readonly primary: EmbeddedPostgres,
    readonly standby: EmbeddedPostgres,
    private readonly folders: readonly string[],
  ) {}

  /** @param settings - of both servers, as in postgresql.conf */
  static async start(settings: Record<string, string> = {}): Promise<ReplicatedPostgres> {
    const name = join(tmpdir(), `queue-job-replicated-${randomBytes(4).toString('hex')}`);
    const [one, other] = [`${name}-primary`, `${name}-standby`];
    // A copy of a server that is not running needs no backup tool, which npm's binaries don't have.
    await (await EmbeddedPostgres.start({ folder: one })).stop();
    execFileSync('cp', ['-a', one, other]);
    const primary = await EmbeddedPostgres.start({ folder: one, settings });
    execFileSync('sh', ['-c', 'cp -p "$1/PG_VERSION" "$1/standby.signal"', 'sh', join(other, 'data')]);
    const { hostname, port, username, password } = new URL(primary.url);
    const standby = await EmbeddedPostgres.start({
      folder: other,
      settings: {
        ...settings,
        // After a crash of the primary: its commits wait for the standby.
        wal_retrieve_retry_interval: '200ms',
        primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password} application_name=standby`,
      },
    });
    const pair = new ReplicatedPostgres(primary, standby, [one, other]);
    await onServer(primary.url, async (client) => {
      await client.query('ALTER SYSTEM SET synchronous_standby_names = standby');
      await client.query(`ALTER SYSTEM SET synchronous_commit = 'remote_apply'`);
      await client.query('SELECT pg_reload_conf()');
      for (let state: unknown; state !== 'sync'; await new Promise((resolve) => setTimeout(resolve, 50))) {
        const { rows } = await client.query<{ sync_state: string }>(
          'SELECT sync_state FROM pg_stat_replication',
        );
        state = rows[0]?.sync_state;
      }
    });
    return pair;
  }

  /** Where statements go: to the standby once it has taken over. */
  get current(): EmbeddedPostgres {
    return this.promoted ? this.standby : this.primary;
  }

  /** The primary ends at once, as where its machine does. */
  async killPrimary(): Promise<void> {
    const [pid] = (await readFile(join(this.folders[0] as string, 'data', 'postmaster.pid'), 'utf8')).split(
      '\n',
    );
    process.kill(Number(pid), 'SIGQUIT');
  }

  /** The standby takes over: from now on it is written to, and waits for nobody. */
  async promote(): Promise<void> {
    await onServer(this.standby.url, async (client) => {
      await client.query('SELECT pg_promote()');
      this.promoted = true;
      await client.query('ALTER SYSTEM RESET synchronous_standby_names');
      await client.query('SELECT pg_reload_conf()');
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.primary.stop(), this.standby.stop()]);
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}
