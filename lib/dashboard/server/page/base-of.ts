import { createHash } from 'node:crypto';

/**
 * The page's base as a path relative to the URL that was asked for, so that it is right behind any prefix, proxy or
 * rewriting: nobody has to know the whole of the path.
 *
 * @param url - as asked for, with or without a query
 * @param depth - how many segments of it come after the path of the dashboard
 * @example
 * ```ts
 * baseOf('/admin/queue-jobs', 0); // './queue-jobs/'
 * baseOf('/admin/queue-jobs/jobs/0198', 2); // '../'
 * ```
 */
export function baseOf(url: string, depth: number): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  const up = depth - (path.endsWith('/') ? 0 : 1);
  if (up >= 0) return up === 0 ? './' : '../'.repeat(up);
  return `./${path.slice(path.lastIndexOf('/') + 1)}/`;
}

/**
 * Corrects the base of the start page where its address ends without a slash: no relative path keeps the last part of
 * an address, and a proxy may show the dashboard under another name than the one that was asked for here.
 */
export const BASE_SCRIPT =
  "if(!location.pathname.endsWith('/'))document.querySelector('base').href=location.pathname+'/'";

/** What the policy of the page allows it by. */
export const BASE_SCRIPT_HASH = createHash('sha256').update(BASE_SCRIPT).digest('base64');
