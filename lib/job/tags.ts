import { wrongValue } from '../common/option-checks.js';
import { isStorable, STORABLE } from '../common/storable-text.js';

/** How many tags a job may have. */
const MAX_TAGS = 20;
const MAX_LENGTH = 100;

/**
 * Checks the tags of a job, or those of a filter.
 *
 * @param most - how many there may be; default: 20
 * @returns each tag once, in the order given
 * @throws InvalidJobOptionError where it isn't a list, has more of them, or one isn't a text of 1 to 100 characters
 * @example
 * ```ts
 * checkTags('tags', ['customer:42', 'import', 'import']); // ['customer:42', 'import']
 * ```
 */
export function checkTags(property: string, value: unknown, most = MAX_TAGS): readonly string[] {
  const allowed = `a list of at most ${most} tags, each a string of 1 to ${MAX_LENGTH} characters, not blank and ${STORABLE}`;
  if (!Array.isArray(value)) throw wrongValue(property, allowed, value);
  const tags = new Set<string>();
  // An index loop, since holes count as undefined.
  for (let at = 0; at < value.length; at += 1) {
    const tag: unknown = value[at];
    if (!isTag(tag)) throw wrongValue(`${property}[${at}]`, allowed, tag);
    tags.add(tag);
    if (tags.size > most) throw wrongValue(property, allowed, value);
  }
  return Object.freeze([...tags]);
}

/** Tags as the database has them: JSON text, null for none. */
export function storedTags(tags: readonly string[] | undefined): string | null {
  return tags === undefined || tags.length === 0 ? null : JSON.stringify(tags);
}

function isTag(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_LENGTH && value.trim() !== '' && isStorable(value);
}
