import type { IncomingMessage } from 'node:http';
import type { Rights } from '../../api/cluster.api.js';
import type { Requester } from '../access/requester.js';
import { readBody } from './read-body.js';

/** What Express and Fastify requests have in common. */
export interface HttpRequest {
  readonly params: unknown;
  readonly body?: unknown;
  /** The request of Node, on Fastify. */
  readonly raw?: IncomingMessage;
}

/** One request for a route, read from the request itself: no pipe of the application has changed it. */
export class Call {
  /** The parameters of the path. */
  readonly params: Readonly<Record<string, unknown>>;

  constructor(
    readonly request: HttpRequest,
    readonly response: unknown,
    /** As asked for, with its query. */
    readonly url: string,
    readonly requester: Requester,
  ) {
    this.params = request.params as Readonly<Record<string, unknown>>;
  }

  /** What the requester may do. */
  get rights(): Rights {
    return this.requester.rights;
  }

  /** The parameters of the query; those that are given more than once as a list, whatever the server's parser does. */
  get query(): Readonly<Record<string, string | string[]>> {
    const at = this.url.indexOf('?');
    const given = new URLSearchParams(at < 0 ? '' : this.url.slice(at + 1));
    return Object.fromEntries(
      [...new Set(given.keys())].map((name) => {
        const [first = '', ...more] = given.getAll(name);
        return [name, more.length === 0 ? first : [first, ...more]];
      }),
    );
  }

  /** The request of Node. */
  get message(): IncomingMessage {
    return this.request.raw ?? (this.request as unknown as IncomingMessage);
  }

  /**
   * The JSON of the body, read here if the application's server has not read it.
   *
   * @throws ProblemError of status 400 or 413
   */
  async body(): Promise<unknown> {
    return readBody(this.request.body, this.message);
  }
}
