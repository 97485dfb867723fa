import type { ArgumentCodec } from '../payload/argument-codec.js';
import { RelatedActionError } from '../errors/related-action.error.js';
import type { JobRegistry } from '../registry/job-registry.js';
import type { RelatedActionResult } from '../registry/related-action.js';
import type { JobRow } from '../store/jobs/job-store.js';
import type { JobReader } from './job-reader.js';

/** Where an entity among the arguments can be looked at. */
export type EntityUrl = (entity: string, id: unknown) => string | null | undefined;

/** Finds and runs the related action of a job. */
export class RelatedActionReader {
  constructor(
    private readonly registry: JobRegistry,
    private readonly reader: JobReader,
    private readonly codec: ArgumentCodec,
    private readonly entityUrl: EntityUrl | undefined,
  ) {}

  /** Whether there is one to ask for; it may still answer with nothing. */
  has(row: JobRow): boolean {
    const options = this.registry.find(row.name as string)?.relatedAction;
    if (options !== undefined) return options.action !== undefined;
    if (this.entityUrl === undefined) return false;
    try {
      return this.codec.entitiesIn(row.args as string, row.uuid as string).length > 0;
    } catch {
      // Damaged arguments name no entity.
      return false;
    }
  }

  /** Null where the job has none. */
  async read(row: JobRow): Promise<RelatedActionResult | null> {
    const fn = this.registry.find(row.name as string);
    const options = fn?.relatedAction;
    if (fn === undefined || options === undefined) return this.entityAction(row);
    const { action, kwargs = {} } = options;
    if (action === undefined) return null;
    const job = await this.reader.read(row);
    const answer: unknown =
      typeof action === 'string'
        ? await fn.invoke(action, [job, kwargs], () => job)
        : await (action as (...given: unknown[]) => unknown)(job, kwargs);
    return answer === null || answer === undefined ? null : checked(answer, fn.name);
  }

  private entityAction(row: JobRow): RelatedActionResult | null {
    const { entityUrl } = this;
    if (entityUrl === undefined) return null;
    for (const { entity, id } of this.codec.entitiesIn(row.args as string, row.uuid as string)) {
      const values = Object.values(id);
      const url = entityUrl(entity, values.length === 1 ? values[0] : id);
      if (typeof url === 'string') return checked({ label: entity, url }, 'entityUrl');
    }
    return null;
  }
}

function checked(answer: unknown, where: string): RelatedActionResult {
  const { url, data, label } = answer as { url?: unknown; data?: unknown; label?: unknown };
  const named = typeof label === 'string' ? { label } : {};
  if (typeof url === 'string') {
    if (!isFollowed(url)) {
      throw new RelatedActionError(
        `The related action of ${where} returned the URL '${url.slice(0, 100)}'. Only http:, https: and relative URLs are followed.`,
      );
    }
    return { ...named, url };
  }
  if (data !== undefined) return { ...named, data };
  throw new RelatedActionError(
    `The related action of ${where} must answer with { label?, url } or { label?, data }.`,
  );
}

function isFollowed(url: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(url, 'http://localhost/').protocol);
  } catch {
    return false;
  }
}
