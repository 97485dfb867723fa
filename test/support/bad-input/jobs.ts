import { Injectable } from '@nestjs/common';
import { Job } from '../../../lib/index.js';

/** The jobs that bad input is given to. None of them ever runs. */
@Injectable()
export class Target {
  @Job({ defaultChannel: 'known' })
  async run(..._args: unknown[]): Promise<void> {}

  @Job({ description: (text: string) => text })
  async described(_text: string): Promise<void> {}

  async plain(): Promise<void> {}
}

/** Has a job, and is no provider. */
export class Stranger {
  @Job()
  async run(): Promise<void> {}
}
