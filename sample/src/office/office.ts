import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

const HOURS = 12;

/** Who may look behind the counter: whoever knows the password of today, made anew at each start. */
@Injectable()
export class Office {
  readonly password = randomBytes(9).toString('base64url');
  private readonly secret = randomBytes(32);

  /** A session for somebody who knows the password; null for others. */
  enter(name: string, password: string): string | null {
    const [given, right] = [password, this.password].map((text) =>
      createHash('sha256').update(text).digest(),
    );
    if (given === undefined || right === undefined || !timingSafeEqual(given, right)) return null;
    const text = JSON.stringify({ name, until: Date.now() + HOURS * 3_600_000 });
    const session = Buffer.from(text).toString('base64url');
    return `${session}.${this.sign(session)}`;
  }

  /** Whose session it is; null where it is none, or is over. */
  nameOf(session: string): string | null {
    const [text = '', signature = ''] = session.split('.');
    const [given, right] = [signature, this.sign(text)].map((one) => Buffer.from(one));
    if (given?.length !== right?.length || !timingSafeEqual(given as Buffer, right as Buffer)) return null;
    const { name, until } = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
      name: string;
      until: number;
    };
    return until > Date.now() ? name : null;
  }

  private sign(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }
}
