import pg from 'pg';

/**
 * Fresh databases, each a copy of a template that was prepared once: the copy is there in a moment, and every round
 * begins with the same bytes.
 */
export class Databases {
  private readonly templates = new Map<string, Promise<string>>();
  private dropping: Promise<unknown> = Promise.resolve();
  private made = 0;

  constructor(
    readonly url: string,
    private readonly prefix = `bench_${process.pid}`,
  ) {}

  /** A copy of the template of that name, which `fill` makes at the first time. */
  async copy(name: string, fill: (url: string) => Promise<void>): Promise<string> {
    let template = this.templates.get(name);
    if (template === undefined) {
      template = this.make(fill);
      this.templates.set(name, template);
    }
    const database = this.nextName();
    const source = await template;
    await this.admin(async (query) => {
      // File by file: faster than through the log, and leaves nothing in the buffers to be written.
      await query(`CREATE DATABASE ${database} TEMPLATE ${source} STRATEGY FILE_COPY`);
    });
    return this.urlOf(database);
  }

  /** Begins to drop it, which also writes what there is to write of others: `calm()` waits for it. */
  dropLater(url: string): void {
    const database = new URL(url).pathname.slice(1);
    const drop = this.admin((query) => query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
    this.dropping = Promise.allSettled([this.dropping, drop]);
  }

  /** Resolves once nothing is being dropped. */
  async calm(): Promise<void> {
    await this.dropping;
  }

  async dropAll(): Promise<void> {
    await this.calm();
    await this.admin(async (query) => {
      const rows = await query(`SELECT datname FROM pg_database WHERE starts_with(datname, $1)`, [
        this.prefix,
      ]);
      for (const { datname } of rows)
        await query(`DROP DATABASE IF EXISTS ${datname as string} WITH (FORCE)`);
    });
  }

  /** Statements through a connection to a database beside those that are measured. */
  async admin<R>(work: (query: Query) => Promise<R>): Promise<R> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return await work(async (text, values = []) => (await client.query(text, values)).rows as Row[]);
    } finally {
      await client.end();
    }
  }

  private async make(fill: (url: string) => Promise<void>): Promise<string> {
    const database = this.nextName();
    await this.admin((query) => query(`CREATE DATABASE ${database}`));
    const url = this.urlOf(database);
    await fill(url);
    return database;
  }

  private nextName(): string {
    this.made += 1;
    return `${this.prefix}_${this.made}`;
  }

  private urlOf(database: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    return url.href;
  }
}

type Row = Record<string, unknown>;
export type Query = (text: string, values?: unknown[]) => Promise<Row[]>;
