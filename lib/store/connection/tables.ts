import { InvalidModuleOptionError } from '../../errors/invalid-module-option.error.js';

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** The quoted, schema-qualified names of everything the library owns in the database. */
export class Tables {
  readonly job: string;
  readonly history: string;
  readonly attempt: string;
  readonly log: string;
  readonly dependency: string;
  readonly channel: string;
  readonly permit: string;
  readonly start: string;
  readonly jobFunction: string;
  readonly node: string;
  readonly schedule: string;
  readonly claim: string;
  readonly rollup: string;
  readonly batch: string;
  readonly batchCallback: string;
  readonly followUp: string;
  readonly key: string;
  readonly meta: string;
  readonly audit: string;
  readonly mute: string;

  constructor(
    readonly schema: string,
    readonly prefix = '',
  ) {
    // The bodies of our functions stand between these, and quotes are no quotes in there.
    if (`${schema} ${prefix}`.includes('$$')) {
      throw new InvalidModuleOptionError(
        `A schema or entityPrefix with "$$" in its name can't be used: ${schema} ${prefix}`,
      );
    }
    this.job = this.name('queue_job');
    this.history = this.name('queue_job_history');
    this.attempt = this.name('queue_job_attempt');
    this.log = this.name('queue_job_log');
    this.dependency = this.name('queue_job_dependency');
    this.channel = this.name('queue_job_channel');
    this.permit = this.name('queue_job_permit');
    this.start = this.name('queue_job_start');
    this.jobFunction = this.name('queue_job_function');
    this.node = this.name('queue_job_node');
    this.schedule = this.name('queue_job_schedule');
    this.claim = this.name('queue_job_claim');
    this.rollup = this.name('queue_job_rollup');
    this.batch = this.name('queue_job_batch');
    this.batchCallback = this.name('queue_job_batch_callback');
    this.followUp = this.name('queue_job_follow_up');
    this.key = this.name('queue_job_key');
    this.meta = this.name('queue_job_meta');
    this.audit = this.name('queue_job_audit');
    this.mute = this.name('queue_job_mute');
  }

  /** A name of our own, such as a function's, with schema and prefix. */
  name(plain: string): string {
    return `${quote(this.schema)}.${quote(this.prefix + plain)}`;
  }

  get quotedSchema(): string {
    return quote(this.schema);
  }

  /** A name of our own as a string, as functions such as `nextval` want it. */
  literal(plain: string): string {
    return `'${this.name(plain).replaceAll("'", "''")}'`;
  }

  /** A name without its schema, as `CREATE INDEX` wants it. */
  local(plain: string): string {
    return quote(this.prefix + plain);
  }

  /** The LISTEN channel, at most 63 bytes as PostgreSQL allows. */
  get notifications(): string {
    const name = `${this.schema}.${this.prefix}queue_job`;
    let end = name;
    while (Buffer.byteLength(end) > 63) end = Array.from(end).slice(1).join('');
    return end;
  }

  /** The first key of our advisory locks: the same for every node of this schema, and for no other user's. */
  get lockClass(): number {
    let hash = 0x71_75_65_75;
    for (const character of `${this.schema}.${this.prefix}queue_job`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
    }
    return hash | 0;
  }
}
