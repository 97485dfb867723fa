import type { EventEmitter } from 'node:events';
import type pg from 'pg';

/** The settings that a session reports whenever they change, and on which it depends whether text means what it says. */
interface Style {
  DateStyle: string;
  client_encoding: string;
}

interface Session {
  readonly style: Style;
  /** A statement that needs the session's settings to stay as they are. */
  turn: Promise<unknown> | undefined;
}

const OURS: Readonly<Style> = { DateStyle: 'ISO, MDY', client_encoding: 'UTF8' };

const isReadable = ({ DateStyle, client_encoding: encoding }: Style): boolean =>
  DateStyle.startsWith('ISO') && encoding === 'UTF8';

/**
 * How the sessions of the application write dates and characters. pg reads ISO 8601 and UTF-8 alone, but a transaction,
 * a role or a database may have other settings: our statements run with those that can be read, and leave the others as
 * they were. A session is asked once; from then on the server reports each change, so that a call costs nothing more.
 */
export class SessionStyles {
  private readonly sessions = new WeakMap<pg.ClientBase, Session>();

  /**
   * Runs `work`, one statement on this client, with settings that the driver can read.
   *
   * @param inTransaction - what is set is for the transaction alone
   */
  async readably<T>(client: pg.ClientBase, inTransaction: boolean, work: () => Promise<T>): Promise<T> {
    const session = this.sessions.get(client) ?? this.follow(client);
    while (session.turn !== undefined) await session.turn;
    if (isReadable(session.style)) return work();
    return takeTurn(session, async () => {
      const given = { ...session.style };
      await set(client, OURS, inTransaction);
      try {
        return await work();
      } finally {
        // In a transaction that has failed, its rollback does the same.
        await set(client, given, inTransaction).catch(() => undefined);
      }
    });
  }

  private follow(client: pg.ClientBase): Session {
    const session: Session = { style: { ...OURS }, turn: undefined };
    this.sessions.set(client, session);
    const { connection } = client as { connection?: EventEmitter };
    connection?.on('parameterStatus', (told: { parameterName: keyof Style; parameterValue: string }) => {
      if (told.parameterName in OURS) session.style[told.parameterName] = told.parameterValue;
    });
    const asked = takeTurn(session, async () => {
      const { rows } = await client.query<Style>(
        `SELECT current_setting('DateStyle') AS "DateStyle", current_setting('client_encoding') AS client_encoding`,
      );
      Object.assign(session.style, rows[0]);
    });
    // In a transaction that has failed, what is asked next says so.
    asked.catch(() => this.sessions.delete(client));
    return session;
  }
}

async function takeTurn<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const turn = work().finally(() => (session.turn = undefined));
  session.turn = turn.catch(() => undefined);
  return turn;
}

async function set(client: pg.ClientBase, style: Style, inTransaction: boolean): Promise<void> {
  await client.query(`SELECT set_config('DateStyle', $1, $3), set_config('client_encoding', $2, $3)`, [
    style.DateStyle,
    style.client_encoding,
    inTransaction,
  ]);
}
