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
