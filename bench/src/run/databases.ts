import pg from 'pg';

/**
 * Fresh databases, each a copy of a template that was prepared once: the copy is there in a moment, and every round
 * begins with the same bytes.
 */
export class Databases {
  private readonly templates = new Map<string, Promise<string>>();
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
      await query(`CREATE DATABASE ${database} TEMPLATE ${source}`);
      // What the copy has made dirty is written before anything is measured.
      await query('CHECKPOINT');
    });
    return this.urlOf(database);
  }

  async drop(url: string): Promise<void> {
    const database = new URL(url).pathname.slice(1);
    await this.admin((query) => query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  }

  async dropAll(): Promise<void> {
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
