import { useState } from 'preact/hooks';
import { useResource, type Resource, type ResourceOptions } from './resource.js';

interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Pages<T> extends Resource<PageOf<T>> {
  /** Null at the end. */
  readonly older: (() => void) | null;
}

/**
 * A list that goes on page by page. All pages that were asked for are read again together, so that nothing is lost
 * between two of them when something new comes in front.
 *
 * @param key Of the list, without a page.
 * @param read One page; without a cursor, the first.
 */
export function usePages<T>(
  key: string,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>,
  options: ResourceOptions = {},
): Pages<T> {
  const [asked, setAsked] = useState({ key, pages: 1 });
  const pages = asked.key === key ? asked.pages : 1;
  const load = async (signal: AbortSignal): Promise<PageOf<T>> => {
    const first = await read(undefined, signal);
    const items = [...first.items];
    let { next } = first;
    for (let page = 1; page < pages && next !== null; page += 1) {
      const more: PageOf<T> = await read(next, signal);
      items.push(...more.items);
      next = more.next;
    }
    return { items, next };
  };
  const resource = useResource(key, load, options);
  const older = () => {
    setAsked({ key, pages: pages + 1 });
    resource.reload();
  };
  return { ...resource, older: (resource.data?.next ?? null) === null ? null : older };
}
