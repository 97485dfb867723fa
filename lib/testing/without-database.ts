import type { Type, ValueProvider } from '@nestjs/common';
import { NeedsDatabaseError } from '../errors/needs-database.error.js';

/** Nest calls these on every provider. */
const HOOKS = [
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
];

/** Stands for a service that can be injected, but does nothing without a database: each method says so. */
export function withoutDatabase(type: Type): ValueProvider<object> {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(type.prototype)).flatMap(
    ([name, { value }]) =>
      typeof value === 'function' && name !== 'constructor' && !HOOKS.includes(name) ? [name] : [],
  );
  const refuse = (name: string) => (): never => {
    throw new NeedsDatabaseError(`${type.name}.${name}()`);
  };
  return { provide: type, useValue: Object.fromEntries(methods.map((name) => [name, refuse(name)])) };
}
