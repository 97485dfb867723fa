import type { AbstractHttpAdapter } from '@nestjs/core';

interface Headers {
  getHeader(name: string): unknown;
}

const COMMON = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };

/** Nothing from elsewhere, nothing inline. The page may stand in a frame of its own application. */
const pagePolicy = (scripts: string): string =>
  `default-src 'none'; script-src 'self'${scripts}; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; ` +
  "base-uri 'self'; form-action 'none'; frame-ancestors 'self'";

export const setHeaders = (
  adapter: AbstractHttpAdapter,
  response: unknown,
  headers: Readonly<Record<string, string>>,
): void => {
  for (const [name, value] of Object.entries({ ...COMMON, ...headers }))
    adapter.setHeader(response, name, value);
};

/** What the API answers is of this moment and for this requester. */
export const setApiHeaders = (adapter: AbstractHttpAdapter, response: unknown): void => {
  setHeaders(adapter, response, { 'Cache-Control': 'no-store' });
};

/** Whether the application has set a policy of its own, such as that of helmet. */
export const hasPolicy = (response: unknown): boolean => {
  const reply = response as Headers & { readonly raw?: Headers };
  const policies = [reply, reply.raw].map((one) => one?.getHeader('content-security-policy'));
  return policies.some((policy) => policy !== undefined);
};

/**
 * The application's own policy stands.
 *
 * @param scripts - sources of scripts that are allowed beside the page's own, each after a blank
 */
export const setPageHeaders = (adapter: AbstractHttpAdapter, response: unknown, scripts = ''): void => {
  setHeaders(adapter, response, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(hasPolicy(response) ? {} : { 'Content-Security-Policy': pagePolicy(scripts) }),
  });
};

/**
 * Of an answer that goes on for long: no proxy keeps its parts back, and the connection ends with it. Kept alive, it
 * would hold up the server for as long as that waits for a next request, once the application closes.
 */
export const setLongHeaders = (adapter: AbstractHttpAdapter, request: unknown, response: unknown): void => {
  adapter.setHeader(response, 'X-Accel-Buffering', 'no');
  const { raw } = request as { raw?: { httpVersionMajor: number } };
  const { httpVersionMajor } = raw ?? (request as { httpVersionMajor: number });
  // HTTP/2 knows no such header.
  if (httpVersionMajor < 2) adapter.setHeader(response, 'Connection', 'close');
};
