import type { About } from '../../api/cluster.api.js';
import { ProblemError } from './problem-error.js';

/** What may stand in a query string; what is undefined or empty doesn't. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Requests below `api/`, with the headers that the server asks of what changes something. */
export class Http {
  #csrf: About['csrf'] = null;

  constructor(private readonly base: URL) {}

  /** As `about` tells it. */
  useCsrf(csrf: About['csrf']): void {
    this.#csrf = csrf;
  }

  url(path: string, query: Query = {}): string {
    const url = new URL(`api/${path}`, this.base);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') {
        url.searchParams.set(key, String(value));
      }
    }
    return url.href;
  }

  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const response = await this.#fetch(this.url(path, query), { ...(signal && { signal }) });
    return (await response.json()) as T;
  }

  async send<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body: unknown = {}): Promise<T> {
    const response = await this.open(method, path, body);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The answer itself, for one that comes in pieces. */
  open(
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    return this.#fetch(this.url(path), {
      method,
      headers: { 'content-type': 'application/json', 'x-queue-jobs': '1', ...this.#csrfHeader() },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, { credentials: 'same-origin', ...init }).catch((error: unknown) => {
      throw init.signal?.aborted === true ? error : ProblemError.unreachable(error);
    });
    if (!response.ok) {
      throw await ProblemError.of(response);
    }
    return response;
  }

  #csrfHeader(): Record<string, string> {
    const csrf = this.#csrf;
    if (csrf === null) {
      return {};
    }
    const cookie = document.cookie
      .split(/; */)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
      .find(([name]) => name === csrf.cookie);
    return cookie === undefined ? {} : { [csrf.header]: decodeURIComponent(cookie[1]) };
  }
}
