import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Under which `@nestjs/platform-fastify` keeps what its `@RouteConfig()` says; it is not a dependency of this library. */
const ROUTE_CONFIG = '__fastify_route_config__';
const IS_PAGE = 'nestjs-queue-job:page';
const IS_TWIN = 'nestjs-queue-job:slash';

/** Marks a route as a page, which may also be asked for with a slash at its end. */
export const Page = (): MethodDecorator => (_target, _key, descriptor) => {
  Reflect.defineMetadata(ROUTE_CONFIG, { [IS_PAGE]: true }, descriptor.value as object);
};

interface FastifyRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What this needs of Fastify. */
interface Fastify {
  readonly initialConfig: {
    readonly ignoreTrailingSlash?: boolean;
    readonly routerOptions?: { readonly ignoreTrailingSlash?: boolean };
  };
  addHook(
    name: 'onRoute',
    hook: (this: { route(route: object): unknown }, route: FastifyRoute) => void,
  ): unknown;
}

/**
 * On Fastify, `/queue-jobs/` is another route than `/queue-jobs`, and a path of NestJS can't end with a slash: each page
 * gets a second route here. Express takes both for the same.
 */
@Injectable()
export class SlashRoutes {
  constructor(private readonly host: HttpAdapterHost) {}

  /** Has to come before NestJS registers its routes. */
  prepare(): void {
    const { httpAdapter } = this.host;
    if (httpAdapter.getType() !== 'fastify') return;
    const fastify = httpAdapter.getInstance<Fastify>();
    const { ignoreTrailingSlash, routerOptions } = fastify.initialConfig;
    if (ignoreTrailingSlash === true || routerOptions?.ignoreTrailingSlash === true) return;
    fastify.addHook('onRoute', function addTwin(route) {
      const { method, url, config } = route;
      if (![method].flat().includes('GET') || config?.[IS_PAGE] !== true || config[IS_TWIN] === true) return;
      this.route({ ...route, url: `${url}/`, config: { ...config, [IS_TWIN]: true } });
    });
  }
}
