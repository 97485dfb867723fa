import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Job, type QueueJob, QueueService } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

let made = 0;

@Injectable()
class Dependency {
  readonly word = 'injected';
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  readonly number = (made += 1);

  constructor(
    private readonly dependency: Dependency,
    private readonly queue: QueueService,
  ) {}

  @Job()
  async run(): Promise<string> {
    return `${this.dependency.word} ${this.number}`;
  }

  @Job()
  async twice(): Promise<string> {
    return (await this.queue.withDelay(this).run()).uuid;
  }
}

/** A default-scoped provider with a transient one of its own. */
@Injectable()
class Holder {
  constructor(readonly transient: Transient) {}
}

/** The scope comes from the registration and not from the class. */
class Plain {
  constructor(readonly number: number) {}

  @Job()
  async run(): Promise<string> {
    return `plain ${this.number}`;
  }
}

abstract class ForRequest {
  @Job()
  async run(): Promise<string> {
    throw new Error('never run');
  }
}

@Injectable({ scope: Scope.REQUEST })
class OfRequest {
  constructor(@Inject(REQUEST) private readonly job: QueueJob) {}

  async run(): Promise<string> {
    return this.job.name;
  }
}

describe('a provider that is made', () => {
  const test = useApplication({
    providers: [
      Dependency,
      Transient,
      Holder,
      { provide: Plain, scope: Scope.TRANSIENT, useFactory: () => new Plain((made += 1)) },
      { provide: ForRequest, useClass: OfRequest },
    ],
  });

  const ends = async (job: QueueJob): Promise<unknown> => test.queue.finished(job, { timeout: 5_000 });

  it('anew wherever it is injected is made anew for each job, with its constructor', async () => {
    const results = [
      await ends(await test.queue.withDelay(Transient).run()),
      await ends(await test.queue.withDelay(Transient).run()),
      await ends(await test.queue.withDelay(test.get(Holder).transient).run()),
    ];
    expect(new Set(results).size).toBe(3);
    for (const result of results) expect(result).toMatch(/^injected \d+$/);
  });

  it('anew wherever it is injected may delay its own methods', async () => {
    const later = (await ends(await test.queue.withDelay(Transient).twice())) as string;
    await expect(test.queue.finished(later, { timeout: 5_000 })).resolves.toMatch(/^injected \d+$/);
  });

  it('anew by a factory is made anew for each job', async () => {
    const [one, other] = [
      await ends(await test.queue.withDelay(Plain).run()),
      await ends(await test.queue.withDelay(Plain).run()),
    ];
    expect([one, other]).toEqual([
      expect.stringMatching(/^plain \d+$/),
      expect.stringMatching(/^plain \d+$/),
    ]);
    expect(one).not.toBe(other);
  });

  it('for a request, behind the token of another class, gets the job as its request', async () => {
    expect(await ends(await test.queue.withDelay(ForRequest).run())).toBe('ForRequest.run');
  });
});
