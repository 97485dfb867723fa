// Compiled against the built declarations, never run: a line that compiles against its will fails the type check.
import { expectTypeOf } from 'expect-type';
import type { EntityManager } from 'typeorm';
import type { Delayable, DelayableJob, QueueJob, QueueService } from 'nestjs-queue-job';

class Product {
  id!: number;
  name!: string;
}

class Exporter {
  readonly label = 'exporter';
  count = 0;

  async exportOne(_product: Product, _options?: { force: boolean }): Promise<{ sent: number }> {
    return { sent: 1 };
  }

  exportNow(_id: number): string {
    return '';
  }

  async exportAll(..._ids: number[]): Promise<void> {}

  overloaded(value: string): string;
  overloaded(value: number): number;
  overloaded(value: string | number): string | number {
    return value;
  }

  protected async prepare(): Promise<void> {}
  private async secret(): Promise<void> {}
  async #hidden(): Promise<void> {}

  use(): unknown {
    return [this.secret(), this.#hidden(), this.prepare()];
  }

  get ready(): boolean {
    return true;
  }
}

class Repository<T extends { id: number }> {
  async save(_record: T): Promise<T['id']> {
    return 0;
  }
}

class ProductRepository extends Repository<Product> {}

abstract class Sender {
  abstract send(text: string): Promise<Date>;
}

class Thenable {
  // oxlint-disable-next-line unicorn/no-thenable -- It is there to be left out.
  async then(): Promise<void> {}
  async run(): Promise<void> {}
}

declare const queue: QueueService;
declare const exporter: Exporter;
declare const product: Product;
declare const manager: EntityManager;

export async function results(): Promise<void> {
  // The arguments are the method's, and the result follows what its promise resolves to.
  expectTypeOf(await queue.withDelay(exporter).exportOne(product)).toEqualTypeOf<
    QueueJob<{ sent: number }>
  >();
  expectTypeOf(await queue.withDelay(exporter).exportOne(product, { force: true })).toHaveProperty('uuid');
  expectTypeOf(await queue.withDelay(exporter).exportNow(1)).toEqualTypeOf<QueueJob<string>>();
  expectTypeOf(await queue.withDelay(exporter).exportAll(1, 2, 3)).toEqualTypeOf<QueueJob<void>>();

  const job = await queue.withDelay(exporter).exportOne(product);
  expectTypeOf(job.result).toEqualTypeOf<{ sent: number } | null>();
  expectTypeOf(await queue.finished(job)).toEqualTypeOf<{ sent: number }>();
  expectTypeOf(await queue.finished(job, { timeout: '5 s' })).toEqualTypeOf<{ sent: number }>();
  expectTypeOf(await queue.finished<number>(job.uuid)).toEqualTypeOf<number>();
  expectTypeOf(await queue.find<string>(job.uuid)).toEqualTypeOf<QueueJob<string> | null>();
}

export async function providers(): Promise<void> {
  // An instance or its class, of any kind.
  expectTypeOf(queue.withDelay(Exporter)).toEqualTypeOf<Delayable<Exporter>>();
  expectTypeOf(queue.withDelay(exporter)).toEqualTypeOf<Delayable<Exporter>>();
  expectTypeOf(await queue.withDelay(Exporter).exportNow(1)).toEqualTypeOf<QueueJob<string>>();

  const generic: Repository<Product> = new Repository();
  expectTypeOf(await queue.withDelay(generic).save(product)).toEqualTypeOf<QueueJob<number>>();
  expectTypeOf(await queue.withDelay(ProductRepository).save(product)).toEqualTypeOf<QueueJob<number>>();
  // @ts-expect-error The argument is that of the type parameter.
  await queue.withDelay(generic).save({ name: 'no id' });

  const sender = {} as Sender;
  expectTypeOf(await queue.withDelay(sender).send('hello')).toEqualTypeOf<QueueJob<Date>>();

  // @ts-expect-error A provider is an object or a class.
  queue.withDelay('Exporter');
  // @ts-expect-error
  queue.withDelay(null);
}

export async function refusals(): Promise<void> {
  const delayed = queue.withDelay(exporter);
  // @ts-expect-error A wrong argument.
  await delayed.exportOne('42');
  // @ts-expect-error A missing argument.
  await delayed.exportOne();
  // @ts-expect-error One argument too many.
  await delayed.exportNow(1, 2);
  // @ts-expect-error A wrong one among many.
  await delayed.exportAll(1, '2');
  // @ts-expect-error A wrong optional argument.
  await delayed.exportOne(product, { force: 'yes' });
  // @ts-expect-error A misspelt method.
  await delayed.exportTwo(product);
  // @ts-expect-error A private method.
  await delayed.secret();
  // @ts-expect-error A protected method.
  await delayed.prepare();
  // @ts-expect-error A property.
  void delayed.label;
  // @ts-expect-error A property that can be written.
  delayed.count = 1;
  // @ts-expect-error A getter.
  void delayed.ready;
  // @ts-expect-error Methods are not to be replaced.
  delayed.exportNow = async () => ({}) as never;

  expectTypeOf<keyof Delayable<Exporter>>().toEqualTypeOf<
    'exportOne' | 'exportNow' | 'exportAll' | 'overloaded' | 'use'
  >();
  // Awaiting the object itself by mistake gives the object, even where the provider has a method named then.
  // oxlint-disable-next-line typescript/await-thenable -- The mistake itself.
  expectTypeOf(await queue.withDelay(exporter)).toEqualTypeOf<Delayable<Exporter>>();
  expectTypeOf<keyof Delayable<Thenable>>().toEqualTypeOf<'run'>();
}

export async function options(): Promise<void> {
  queue.withDelay(exporter, { priority: 1, eta: new Date(), maxRetries: 0, channel: 'root.erp', manager });
  queue.withDelay(exporter, { eta: '5h', identityKey: ({ name, args }) => `${name}/${args.length}` });
  queue.withDelay(exporter, { priority: undefined, manager: undefined });
  // @ts-expect-error
  queue.withDelay(exporter, { priority: '1' });
  // @ts-expect-error
  queue.withDelay(exporter, { max_retries: 1 });
  // @ts-expect-error
  queue.withDelay(exporter, { identityKey: () => 5 });
  // @ts-expect-error
  queue.withDelay(exporter, { identityScope: 'always' });
  // @ts-expect-error
  queue.withDelay(exporter, { manager: 'default' });
}

export async function delayables(): Promise<void> {
  // Built without a promise; stored one by one or together.
  const built = queue.delayable(exporter).exportOne(product);
  expectTypeOf(built).toEqualTypeOf<DelayableJob<{ sent: number }>>();
  expectTypeOf(await built.delay({ manager })).toEqualTypeOf<QueueJob<{ sent: number }>>();
  expectTypeOf(await queue.delayAll([built, built])).toEqualTypeOf<QueueJob<{ sent: number }>[]>();
  await queue.delayAll<unknown>([built, queue.delayable(Exporter).exportNow(1)], { manager });
  // @ts-expect-error
  queue.delayable(exporter).exportOne('42');
  // @ts-expect-error
  queue.delayable(exporter).secret();
  // @ts-expect-error A promise of a stored job is no delayable.
  await queue.delayAll([queue.withDelay(exporter).exportNow(1)]);
  // @ts-expect-error One kind of result does not pass for another.
  const wrong: DelayableJob<string> = built;
  void wrong;
}
