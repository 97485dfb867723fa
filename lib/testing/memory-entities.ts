import { getMetadataArgsStorage } from 'typeorm';
import type { EntityKey, EntityReferences } from '../payload/types/entity-references.js';

/** Entities among the arguments of a test without a database: by their decorators, and read again as they were given. */
export class MemoryEntities implements EntityReferences {
  private readonly given = new Map<string, object>();

  referenceOf(value: object): EntityKey | undefined {
    const type = value.constructor;
    const { columns, tables } = getMetadataArgsStorage();
    if (typeof type !== 'function' || !tables.some(({ target }) => target === type)) return undefined;
    const keys = columns.filter(
      ({ options, target }) =>
        options.primary === true &&
        typeof target === 'function' &&
        (target === type || type.prototype instanceof target),
    );
    const id = Object.fromEntries(
      keys.map(({ propertyName }) => [propertyName, (value as Record<string, unknown>)[propertyName]]),
    );
    if (keys.length === 0 || Object.values(id).some((one) => one === undefined || one === null)) {
      throw new Error(`is a ${type.name} without a primary key: save it before the call`);
    }
    const key = { entity: type.name, id };
    this.given.set(textOf(key), value);
    return key;
  }

  check(): void {
    // Every reference here was made by `referenceOf`.
  }

  async load(keys: readonly EntityKey[]): Promise<readonly (object | undefined)[]> {
    return keys.map((key) => this.given.get(textOf(key)));
  }
}

const textOf = ({ entity, id }: EntityKey): string =>
  `${entity} ${JSON.stringify(Object.entries(id).map(([name, value]) => [name, String(value)]))}`;
