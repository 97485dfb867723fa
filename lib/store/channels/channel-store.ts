import { isDeepStrictEqual } from 'node:util';
import type { ChannelConfig } from '../../channel/channel-config.js';
import { unlimitedChannel } from '../../channel/channel-config.js';
import type { QueueDatabase, Row } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { type ChannelOverride, type ChannelState, toState } from './channel-state.js';
import { busiestStatement, type ChannelListBounds, listStatement } from './channel-list.js';

/** How busy a channel is, its subchannels included. */
export interface BusyChannel {
  readonly channel: string;
  /** Within the last hour. */
  readonly ended: number;
  readonly running: number;
  readonly waiting: number;
  readonly capacity: number | null;
}

const COLUMNS =
  'c.name, c.capacity, c.sequential, c.throttle, c.rate_limit, c.rate_per, c.fair, c.paused, c.removal_interval, c.configured, c.changed, c.next_start, c.held_until, c.held_by';

const NODES_TIMEOUT_MS = 1_000;

/**
 * For how long, in milliseconds, PostgreSQL waits for the next statement of a change. A process that is stopped, or whose
 * network is gone, would else keep the lock until the system finds out, which may take hours; and no node claims
 * meanwhile.
 */
const SILENCE_MS = 10_000;

/**
 * The channels as they are in force, over all nodes. Every change gives the configuration a new version.
 *
 * @internal
 */
export class ChannelStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** What the module option says, from a node that starts. Changes made at run time stand over it. */
  async applyOption(configs: readonly ChannelConfig[]): Promise<void> {
    const wanted = new Map(configs.map(({ name, ...rest }) => [name, rest]));
    await this.locked(async (query) => {
      const rows = await query(
        `SELECT name, configured, changed FROM ${this.tables.channel} WHERE configured IS NOT NULL OR name = ANY($1)`,
        [[...wanted.keys()]],
      );
      const known = new Map(rows.map((row) => [row['name'] as string, row]));
      let touched = false;
      for (const name of new Set([...wanted.keys(), ...known.keys()])) {
        const row = known.get(name);
        const configured = wanted.get(name) ?? null;
        if (row !== undefined && isDeepStrictEqual(row['configured'], configured)) continue;
        touched = true;
        await this.save(
          query,
          name,
          configured,
          (row?.['changed'] as ChannelOverride | null | undefined) ?? null,
        );
      }
      return touched;
    });
  }

  /** Changes a channel at run time; returns the version of the configuration that has the change. */
  async change(name: string, change: ChannelOverride): Promise<number | null> {
    return this.locked(async (query) => {
      const row = await this.read(query, name);
      const changed = { ...(row?.['changed'] as ChannelOverride | null), ...change };
      await this.save(
        query,
        name,
        (row?.['configured'] as ChannelOverride | null | undefined) ?? null,
        changed,
      );
      return true;
    });
  }

  /** Gives a channel back to what the module option says; null where there is no such channel. */
  async reset(name: string): Promise<number | null> {
    return this.locked(async (query) => {
      const row = await this.read(query, name);
      if (row === undefined) return false;
      await this.save(query, name, row['configured'] as ChannelOverride | null, null);
      return true;
    });
  }

  /** Makes the rows of channels that are used for the first time. */
  async ensure(names: readonly string[]): Promise<void> {
    await this.database.query(`SELECT ${this.tables.name('queue_job_ensure_channels_1')}($1)`, [names]);
  }

  /** By name, all of them or a page; the numbers of jobs include those of the subchannels. */
  async list({ name, after, text, limit }: ChannelListBounds = {}): Promise<ChannelState[]> {
    const pattern = text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
    const rows = await this.database.look(listStatement(this.tables, COLUMNS), [
      name ?? null,
      after ?? null,
      pattern,
      limit ?? null,
    ]);
    return rows.map(toState);
  }

  /** Those with most to do: by what has ended in them or below within the last hour, then by what waits and runs. */
  async busiest(most: number): Promise<BusyChannel[]> {
    const rows = await this.database.look(busiestStatement(this.tables), [most]);
    return rows.map((row) => ({
      channel: row['name'] as string,
      ended: Number(row['ended']),
      running: Number(row['running']),
      waiting: Number(row['waiting']),
      capacity: row['capacity'] as number | null,
    }));
  }

  /**
   * Nothing starts in a channel for so many seconds, as a job of it asks. Returns the version of the configuration from
   * which on that holds, null where all nodes hold to it already.
   */
  async hold(channel: string, seconds: number, job: string): Promise<number | null> {
    const hold = async (changes: boolean): Promise<number | null> => {
      const rows = await this.database.query(
        `SELECT ${this.tables.name('queue_job_hold_channel_1')}($1, $2, $3, $4) AS version`,
        [channel, seconds, job, changes],
      );
      const version = rows[0]?.['version'];
      return version === null || version === undefined ? null : Number(version);
    };
    return (await hold(false)) === null ? hold(true) : null;
  }

  /** Removes what nobody has used for so many seconds, a slice of the channels at a time; returns where the next begins. */
  async prune(after: string, limit: number, seconds: number): Promise<string | null> {
    const rows = await this.database.query(
      `SELECT ${this.tables.name('queue_job_prune_channels_1')}($1, $2, $3) AS last`,
      [after, limit, seconds],
    );
    return rows[0]?.['last'] as string | null;
  }

  /** How a channel is set; undefined where there is none of that name. */
  async find(name: string): Promise<ChannelConfig | undefined> {
    const rows = await this.database.query(
      `SELECT ${COLUMNS}, 0 AS running, 0 AS waiting, 0 AS failed FROM ${this.tables.channel} c WHERE c.name = $1`,
      [name],
    );
    return rows.map(toState)[0];
  }

  /**
   * Waits until every node that can be reached works by this version: from then on nothing starts by the old one. A node
   * that doesn't answer holds nobody up for longer than a second.
   */
  async takenUp(version: number): Promise<void> {
    const until = performance.now() + NODES_TIMEOUT_MS;
    while (performance.now() < until) {
      const rows = await this.database.query(
        `SELECT 1 FROM ${this.tables.node} WHERE alive AND suspect_since IS NULL AND config_version < $1 LIMIT 1`,
        [version],
      );
      if (rows.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private async read(query: Query, name: string): Promise<Row | undefined> {
    return (await query(`SELECT configured, changed FROM ${this.tables.channel} WHERE name = $1`, [name]))[0];
  }

  private async save(
    query: Query,
    name: string,
    configured: ChannelOverride | null,
    changed: ChannelOverride | null,
  ): Promise<void> {
    const wildcard = name.endsWith('.*') ? undefined : await this.read(query, name.replace(/[^.]+$/, '*'));
    const base: ChannelConfig = {
      ...unlimitedChannel(name),
      ...(wildcard?.['configured'] as ChannelOverride | null | undefined),
      ...(wildcard?.['changed'] as ChannelOverride | null | undefined),
      ...configured,
    };
    // An override that says the same as what is below it overrides nothing.
    const overrides = Object.fromEntries(
      Object.entries(changed ?? {}).filter(
        ([key, value]) => !isDeepStrictEqual(base[key as keyof ChannelOverride], value),
      ),
    );
    const config: ChannelConfig = { ...base, ...overrides };
    await query(
      `INSERT INTO ${this.tables.channel} AS c
         (name, capacity, sequential, throttle, fair, paused, removal_interval, configured, changed,
          rate_limit, rate_per)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (name) DO UPDATE SET capacity = excluded.capacity, sequential = excluded.sequential,
         throttle = excluded.throttle, fair = excluded.fair, paused = excluded.paused,
         removal_interval = excluded.removal_interval, configured = excluded.configured, changed = excluded.changed,
         rate_limit = excluded.rate_limit, rate_per = excluded.rate_per,
         next_start = ${NEXT_START('excluded')}`,
      [
        name,
        config.capacity,
        config.sequential,
        config.throttle,
        config.fair,
        config.paused,
        config.removalInterval,
        configured === null ? null : JSON.stringify(configured),
        Object.keys(overrides).length === 0 ? null : JSON.stringify(overrides),
        config.rate?.limit ?? null,
        config.rate?.per ?? null,
      ],
    );
    await query(
      `INSERT INTO ${this.tables.channel} (name)
       SELECT array_to_string((string_to_array($1::text, '.'))[1:n], '.')
       FROM generate_series(1, cardinality(string_to_array($1::text, '.')) - 1) n ON CONFLICT (name) DO NOTHING`,
      [name],
    );
    if (name.endsWith('.*')) await this.saveBelow(query, name.slice(0, -1));
  }

  /** What a wildcard says reaches the channels that were made under it before, which may be very many. */
  private async saveBelow(query: Query, prefix: string): Promise<void> {
    const below = `starts_with(c.name, $1) AND c.configured IS NULL AND strpos(substr(c.name, length($1) + 1), '.') = 0 AND right(c.name, 1) <> '*'`;
    await query(
      `UPDATE ${this.tables.channel} c SET capacity = w.capacity, sequential = w.sequential, throttle = w.throttle,
         rate_limit = w.rate_limit, rate_per = w.rate_per, fair = w.fair, paused = w.paused,
         removal_interval = w.removal_interval, next_start = ${NEXT_START('w')}
       FROM ${this.tables.channel} w WHERE w.name = $1 || '*' AND c.changed IS NULL AND ${below}`,
      [prefix],
    );
    const rows = await query(
      `SELECT c.name, c.changed FROM ${this.tables.channel} c WHERE c.changed IS NOT NULL AND ${below}`,
      [prefix],
    );
    for (const row of rows) {
      await this.save(query, row['name'] as string, null, row['changed'] as ChannelOverride | null);
    }
  }

  /** Under the exclusive lock of the configuration: no claim is under way. Null where `work` changed nothing. */
  private async locked(work: (query: Query) => Promise<boolean>): Promise<number | null> {
    return this.database.transaction(async (query) => {
      await query(`SET LOCAL idle_in_transaction_session_timeout = ${SILENCE_MS}`);
      await query('SELECT pg_advisory_xact_lock($1, 0)', [this.tables.lockClass]);
      if (!(await work(query))) return null;
      const rows = await query(
        `SELECT ${this.tables.name('queue_job_update_limiting_channels_1')}() AS version`,
      );
      return Number(rows[0]?.['version']);
    });
  }
}

/** What stays of the earliest next start under new rules `rules`: that of a throttle, or of a job that holds the channel. */
const NEXT_START = (rules: string): string =>
  `CASE WHEN ${rules}.throttle IS NOT NULL OR c.held_until > clock_timestamp() THEN c.next_start END`;

type Query = (text: string, values?: readonly unknown[]) => Promise<Row[]>;
