import { type CanActivate, type ExecutionContext, Injectable, StreamableFile } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { requesterOf } from '../access/requester.js';
import { Call, type HttpRequest } from './call.js';
import { setApiHeaders } from './headers.js';

type Route = (this: object, call: Call) => unknown;

/**
 * The last of the guards: it calls the route and sends what that returns. Guards come before the interceptors and pipes
 * of the application, which would change the answers or the input, and there is no way to opt out of those that are
 * global. So nothing after it happens: its promise never settles, as that of a guard that redirects to a login.
 */
@Injectable()
export class AnsweringGuard implements CanActivate {
  constructor(
    private readonly modules: ModuleRef,
    private readonly host: HttpAdapterHost,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const [request, response] = context.getArgs<[HttpRequest, unknown]>();
    const { httpAdapter } = this.host;
    const url = httpAdapter.getRequestUrl(request) as string;
    const call = new Call(request, response, url, requesterOf(request));
    // The controller in the context only lends its path and its guards to the class that it extends, a provider.
    const routes = this.modules.get<object>(Object.getPrototypeOf(context.getClass()) as never);
    // A route that may be kept, or that is a page, says so itself.
    setApiHeaders(httpAdapter, response);
    const answer = await (context.getHandler() as unknown as Route).call(routes, call);
    send(httpAdapter, response, answer);
    return new Promise<never>(() => undefined);
  }
}

/** A text as it is, of the type that the route has set; a file or stream; everything else as JSON. */
function send(adapter: AbstractHttpAdapter, response: unknown, answer: unknown): void {
  if (answer instanceof StreamableFile || typeof answer === 'string') {
    adapter.reply(response, answer, 200);
    return;
  }
  // As text: no serializer of the application has a say, and null is sent as well.
  adapter.setHeader(response, 'Content-Type', 'application/json; charset=utf-8');
  adapter.reply(response, JSON.stringify(answer ?? null), 200);
}
