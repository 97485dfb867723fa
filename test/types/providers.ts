// Compiled against the built declarations, never run.
import { expectTypeOf } from 'expect-type';
import type { Delayable, QueueJob, QueueService } from 'nestjs-queue-job';

declare const queue: QueueService;

/** Delays its own methods. */
class Import {
  readonly label = 'import';

  async start(file: string): Promise<number> {
    expectTypeOf(await queue.withDelay(this).read(file, 1)).toEqualTypeOf<QueueJob<boolean>>();
    const built = queue.delayable(this, { priority: 1 }).read(file, 1);
    expectTypeOf(await built.delay()).toEqualTypeOf<QueueJob<boolean>>();
    // @ts-expect-error A wrong argument.
    await queue.withDelay(this).read(1, 1);
    // @ts-expect-error A misspelt method.
    await queue.withDelay(this).raed(file, 1);
    // @ts-expect-error A property.
    await queue.withDelay(this).label();
    // @ts-expect-error A private method.
    await queue.withDelay(this).hidden();
    return 1;
  }

  async read(file: string, line: number): Promise<boolean> {
    return file === `${line}`;
  }

  use(): void {
    this.hidden();
  }

  private hidden(): void {}
}

class NightlyImport extends Import {
  override async read(file: string, line: number): Promise<boolean> {
    await queue.withDelay(this).start(file);
    return super.read(file, line);
  }
}

export async function subclasses(): Promise<void> {
  expectTypeOf(await queue.withDelay(NightlyImport).start('a')).toEqualTypeOf<QueueJob<number>>();
}

abstract class Storage {
  constructor(readonly folder: string) {}
  abstract put(name: string): Promise<Date>;
  protected check(): void {}
}

export async function abstractTokens(): Promise<void> {
  expectTypeOf(queue.withDelay(Storage)).toEqualTypeOf<Delayable<Storage>>();
  expectTypeOf(await queue.withDelay(Storage).put('a')).toEqualTypeOf<QueueJob<Date>>();
  // @ts-expect-error A wrong argument.
  await queue.withDelay(Storage).put(1);
  // @ts-expect-error A protected method.
  await queue.withDelay(Storage).check();
}

class Sync<T extends { id: number }> {
  async one(record: T): Promise<T> {
    const job: QueueJob<T> = await queue.withDelay(this).one(record);
    void job;
    await queue.withDelay(this).many([record], true);
    // @ts-expect-error One record is no list.
    await queue.withDelay(this).many(record, true);
    return record;
  }

  async many(_records: T[], _force: boolean): Promise<void> {}

  async generic<U>(value: U): Promise<U> {
    return value;
  }
}

/** A generic service that has another one injected. */
export class Mirror<T extends { id: number }> {
  constructor(private readonly sync: Sync<T>) {}

  async later(record: T): Promise<QueueJob<T>> {
    return queue.withDelay(this.sync).one(record);
  }
}

export async function genericServices(sync: Sync<{ id: number; name: string }>): Promise<void> {
  expectTypeOf(await queue.withDelay(sync).one({ id: 1, name: 'a' })).toEqualTypeOf<
    QueueJob<{ id: number; name: string }>
  >();
  // @ts-expect-error Not the record of this service.
  await queue.withDelay(sync).one({ id: 1 });
  await queue.withDelay(sync).generic(1);
  await queue.withDelay(Sync).one({ id: 1 });
}

export async function typeParameters<T extends Import>(given: T): Promise<void> {
  await queue.withDelay(given).read('a', 1);
  // @ts-expect-error A wrong argument.
  await queue.withDelay(given).read(1, 1);
}

interface Port {
  send(text: string): Promise<number>;
  flush?(force: boolean): Promise<string>;
  readonly name?: string;
}

export async function optionalMethods(port: Port): Promise<void> {
  expectTypeOf(await queue.withDelay(port).send('a')).toEqualTypeOf<QueueJob<number>>();
  expectTypeOf(await queue.withDelay(port).flush(true)).toEqualTypeOf<QueueJob<string>>();
  // @ts-expect-error A wrong argument.
  await queue.withDelay(port).flush('yes');
  // @ts-expect-error A property.
  void queue.withDelay(port).name;
}

class Overloaded {
  find(id: number): Promise<Date>;
  find(name: string, exact: boolean): Promise<string>;
  find(all: true): Promise<boolean>;
  async find(): Promise<never> {
    throw new Error('never run');
  }

  both(value: string): string;
  both(value: number): number;
  both(value: never): never {
    return value;
  }
}

export async function overloads(overloaded: Overloaded): Promise<void> {
  const delayed = queue.withDelay(overloaded);
  expectTypeOf(await delayed.find(1)).toEqualTypeOf<QueueJob<Date>>();
  expectTypeOf(await delayed.find('a', true)).toEqualTypeOf<QueueJob<string>>();
  expectTypeOf(await delayed.find(true)).toEqualTypeOf<QueueJob<boolean>>();
  expectTypeOf(await delayed.both('a')).toEqualTypeOf<QueueJob<string>>();
  expectTypeOf(await queue.delayable(Overloaded).both(1).delay()).toEqualTypeOf<QueueJob<number>>();
  // @ts-expect-error None of the three.
  await delayed.find('a');
  // @ts-expect-error None of the two.
  await delayed.both(true);
}
