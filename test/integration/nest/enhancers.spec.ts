import {
  type ArgumentMetadata,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { catchError, map, type Observable, of, tap } from 'rxjs';
import {
  currentJob,
  Job,
  NothingToDoJob,
  type QueueJobModuleOptions,
  RelatedAction,
  RetryableJobError,
} from '../../../lib/index.js';
import {
  type TestApplication,
  type TestApplicationOptions,
  startApplication,
} from '../../support/application.js';
import { eventually } from '../../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let seen: unknown[] = [];

@Injectable()
class Allowed {
  may = true;
}

@Injectable()
class RolesGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly allowed: Allowed,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const roles = this.reflector.getAllAndOverride('roles', [context.getHandler(), context.getClass()]);
    const { job } = currentJob();
    seen.push([
      'guard',
      context.getType(),
      context.getClass().name,
      context.getHandler().name,
      roles,
      job.name,
    ]);
    return this.allowed.may;
  }
}

@Injectable()
class Wrapping implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    seen.push(['before', context.getArgs()]);
    return next.handle().pipe(
      tap(() => seen.push('after')),
      map((result: unknown) => ({ result })),
    );
  }
}

class Dto {
  readonly name: string = '';
}

@Injectable()
class ToDto implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    seen.push(['pipe', metatype?.name, type]);
    return metatype === Dto ? Object.assign(new Dto(), value) : value;
  }
}

class Refused extends Error {}
class Limited extends Error {}

@Catch(Refused)
class ToResult implements ExceptionFilter {
  catch(error: Refused, host: ArgumentsHost): unknown {
    seen.push(['filter', host.getType(), error.message]);
    return { refused: error.message };
  }
}

@Catch(Limited)
class ToRetry implements ExceptionFilter {
  catch(error: Limited): never {
    throw new RetryableJobError(error.message, { seconds: 3_600 });
  }
}

@Catch()
class Silent implements ExceptionFilter {
  async catch(error: Error): Promise<void> {
    seen.push(['told', error.message]);
  }
}

@Injectable()
@UseGuards(RolesGuard)
@SetMetadata('roles', ['clerk'])
class Work {
  made = 0;

  @Job()
  @SetMetadata('roles', ['owner'])
  async guarded(...given: unknown[]): Promise<unknown> {
    return given;
  }

  @Job()
  @UseInterceptors(Wrapping)
  async wrapped(value: number): Promise<number> {
    seen.push('method');
    return value + 1;
  }

  @Job()
  @UseInterceptors(Wrapping)
  observed(value: number): Observable<number> {
    return of(value, value + 1);
  }

  @Job()
  @UsePipes(ToDto)
  async piped(dto: Dto, count: number): Promise<unknown> {
    return [dto instanceof Dto, dto.name, count];
  }

  @Job()
  @UseFilters(ToResult, ToRetry)
  async filtered(error: 'refused' | 'limited' | 'other' | 'nothing'): Promise<void> {
    if (error === 'refused') throw new Refused('no');
    if (error === 'limited') throw new Limited('slow down');
    if (error === 'nothing') throw new NothingToDoJob('nothing');
    throw new Error('other');
  }

  @Job()
  @UseFilters(Silent)
  async silenced(): Promise<void> {
    throw new Error('still an error');
  }

  @Job()
  @UseInterceptors({
    intercept: (_: ExecutionContext, next: CallHandler) => next.handle().pipe(catchError(() => of('mended'))),
  })
  async mended(): Promise<string> {
    throw new Error('broken');
  }

  @Job({ transactional: true })
  @UseInterceptors(Wrapping)
  async transactional(): Promise<unknown> {
    return (await currentJob().manager.query('SELECT 7 AS n'))[0].n;
  }

  @Job()
  @RelatedAction({ action: 'open' })
  async related(): Promise<void> {}

  open(): object {
    return { url: '/there' };
  }
}

let requests = 0;

@Injectable({ scope: Scope.REQUEST })
class RequestGuard implements CanActivate {
  readonly number = (requests += 1);

  canActivate(): boolean {
    seen.push(['request guard', this.number > 0]);
    return true;
  }
}

@Injectable()
@UseGuards(RequestGuard)
class Scoped {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

@Injectable()
class GlobalGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    seen.push(['global', context.getType()]);
    return true;
  }
}

describe('Nest’s enhancers of a job', () => {
  let database: TestDatabase;
  let test: TestApplication;
  const providers = [Work, Scoped, Allowed, { provide: APP_GUARD, useClass: GlobalGuard }];

  const start = async (
    options: QueueJobModuleOptions,
    more: Partial<TestApplicationOptions> = {},
  ): Promise<TestApplication> =>
    startApplication({ url: database.url, providers, options, logger: false, ...more });

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await start({ enhancers: true });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => {
    seen = [];
    test.get(Allowed).may = true;
  });

  const guard = (method: string, roles = ['clerk']): unknown[] => [
    'guard', 'queue-job', 'Work', method, roles, `Work.${method}`,
  ]; // prettier-ignore
  const resultOf = async (job: Promise<{ uuid: string }>): Promise<unknown> =>
    test.queue.finished((await job).uuid, { timeout: '20 s' });

  it('guards see the method, the class and the job, and let it run', async () => {
    expect(await resultOf(test.queue.withDelay(Work).guarded(1, 'a'))).toEqual([1, 'a']);
    expect(seen).toEqual([guard('guarded', ['owner'])]);
  });

  it('a guard that refuses fails the job, and its method is not called', async () => {
    test.get(Allowed).may = false;
    await expect(resultOf(test.queue.withDelay(Work).wrapped(1))).rejects.toThrow('ForbiddenException');
    expect(seen).toEqual([guard('wrapped')]);
  });

  it('interceptors stand around the method, and may change the result', async () => {
    expect(await resultOf(test.queue.withDelay(Work).wrapped(1))).toEqual({ result: 2 });
    expect(seen).toEqual([guard('wrapped'), ['before', [1]], 'method', 'after']);
    expect(await resultOf(test.queue.withDelay(Work).observed(1))).toEqual({ result: 2 });
    expect(await resultOf(test.queue.withDelay(Work).mended())).toBe('mended');
    expect(await resultOf(test.queue.withDelay(Work).transactional())).toEqual({ result: 7 });
  });

  it('pipes get each argument with the type of its parameter', async () => {
    expect(await resultOf(test.queue.withDelay(Work).piped({ name: 'Ada' }, 2))).toEqual([true, 'Ada', 2]);
    expect(seen).toEqual([guard('piped'), ['pipe', 'Dto', 'body'], ['pipe', 'Number', 'body']]);
  });

  it('filters make a result or another error of an error, and leave it where they return nothing', async () => {
    expect(await resultOf(test.queue.withDelay(Work).filtered('refused'))).toEqual({ refused: 'no' });
    expect(seen.at(-1)).toEqual(['filter', 'queue-job', 'no']);
    await expect(resultOf(test.queue.withDelay(Work).filtered('other'))).rejects.toThrow('other');
    await expect(resultOf(test.queue.withDelay(Work).silenced())).rejects.toThrow('still an error');
    expect(seen.at(-1)).toEqual(['told', 'still an error']);
    expect(await resultOf(test.queue.withDelay(Work).filtered('nothing'))).toBe('nothing');
    const limited = await test.queue.withDelay(Work).filtered('limited');
    await eventually(async () =>
      expect(await test.queue.find(limited.uuid)).toMatchObject({ state: 'pending', retry: 1 }),
    );
  });

  it('that are request-scoped are made for each job', async () => {
    for (let at = 0; at < 2; at += 1) expect(await resultOf(test.queue.withDelay(Scoped).run())).toBe('ran');
    expect([requests, seen]).toEqual([
      2,
      [
        ['request guard', true],
        ['request guard', true],
      ],
    ]);
  });

  it('are not around a related action, nor a direct call', async () => {
    const job = await test.queue.withDelay(Work).related();
    await test.queue.finished(job);
    seen = [];
    expect(await test.queue.relatedAction(job.uuid)).toMatchObject({ url: '/there' });
    await test.get(Work).guarded();
    expect(seen).toEqual([]);
  });

  it('stand around a job that runs at once', async () => {
    await test.queue.withDelay(Work, { noDelay: true }).wrapped(1);
    expect(seen).toEqual([guard('wrapped'), ['before', [1]], 'method', 'after']);
  });

  it.each([
    ['none without the option', undefined, []],
    [
      'the global ones too where that is asked for',
      { global: true },
      [['global', 'queue-job'], guard('guarded', ['owner'])],
    ],
  ] as const)('are %s', async (_, enhancers, expected) => {
    const other = await start({ ...(enhancers && { enhancers }), defaults: { channel: 'other' } }, {});
    try {
      await other.queue.withDelay(Work, { noDelay: true }).guarded();
      expect(seen).toEqual(expected);
    } finally {
      await other.close();
    }
  });

  it('that are global and made for each request stop the start', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class ScopedGlobal extends GlobalGuard {}
    const provided = [...providers, { provide: APP_GUARD, useClass: ScopedGlobal, scope: Scope.REQUEST }];
    await expect(start({ enhancers: { global: true } }, { providers: provided })).rejects.toThrow(
      'request-scoped',
    );
  });

  it('that Nest does not make stop the start, since they would be left out in silence', async () => {
    const provided = [Allowed, { provide: 'work', useFactory: () => new Work() }];
    await expect(start({ enhancers: true }, { providers: provided })).rejects.toThrow(
      /guard RolesGuard of work.* is not made by Nest/,
    );
  });
});
