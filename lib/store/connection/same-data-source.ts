import type { DataSource } from 'typeorm';

const MARK = Symbol('nestjs-queue-job:data-source');

/**
 * Whether both are one data source. An injected one may be a proxy of what its managers know, so a mark on it is compared:
 * a symbol is the same through every proxy.
 */
export const isSameDataSource = (one: DataSource, other: DataSource): boolean =>
  one === other || markOf(one) === markOf(other);

function markOf(dataSource: DataSource & { [MARK]?: symbol }): symbol {
  const mark = dataSource[MARK];
  if (mark !== undefined) return mark;
  const made = Symbol('data source');
  Reflect.defineProperty(dataSource, MARK, { value: made });
  return made;
}
