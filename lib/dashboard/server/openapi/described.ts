import 'reflect-metadata';

/** A schema of OpenAPI. */
export type Schema = Readonly<Record<string, unknown>>;

/** What `@nestjs/swagger` tells of a route. */
export interface RouteDescription {
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the path, by their names. */
  readonly path?: Readonly<Record<string, string>>;
  /** Parameters of the query, by their names; all of them can be left out. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Schema;
  readonly answer: Schema;
  /** Default: `application/json`. */
  readonly type?: string;
  /** Default: 200. */
  readonly status?: number;
  /** Of the problems that are to be expected, what each means. */
  readonly problems?: Readonly<Record<number, string>>;
}

const TEXT: Schema = { type: 'string' };

/**
 * Describes a route for `@nestjs/swagger`, by the metadata that its decorators leave: so it is told where an
 * application has it, and never loaded where it has not.
 *
 * @example
 * ```ts
 * @Get() @Described({ summary: 'All channels', answer: list(CHANNEL) })
 * ```
 */
export function Described(route: RouteDescription): MethodDecorator {
  const { summary, description, path = {}, query = {}, body, answer, type = 'application/json' } = route;
  const parameters = [
    ...Object.entries(path).map(([name, text]) => parameter('path', name, text, true)),
    ...Object.entries(query).map(([name, text]) => parameter('query', name, text, false)),
    ...(body === undefined
      ? []
      : [
          { in: 'body', type: String, required: true, schema: body },
          { ...parameter('header', 'x-queue-jobs', '`1`: it can not come from another site', true) },
        ]),
  ];
  const problems = {
    400: 'Something is wrong with the input',
    403: 'The requester may not do this',
    ...route.problems,
  };
  const responses = {
    [route.status ?? 200]: { description: '', content: { [type]: { schema: answer } } },
    ...Object.fromEntries(
      Object.entries(problems).map(([status, text]) => [
        status,
        { description: text, content: { 'application/problem+json': { schema: PROBLEM } } },
      ]),
    ),
  };
  return (_target, _key, descriptor) => {
    const method = descriptor.value as object;
    const operation = description === undefined ? { summary } : { summary, description };
    Reflect.defineMetadata('swagger/apiOperation', operation, method);
    Reflect.defineMetadata('swagger/apiParameters', parameters, method);
    Reflect.defineMetadata('swagger/apiResponse', responses, method);
  };
}

/** Leaves a controller out: a page is no API. */
export const Undescribed = (): ClassDecorator => (target) => {
  Reflect.defineMetadata('swagger/apiExcludeController', [true], target);
};

const parameter = (place: string, name: string, description: string, required: boolean): Schema => ({
  in: place,
  name,
  description,
  required,
  schema: TEXT,
});

const PROBLEM: Schema = {
  type: 'object',
  description: 'A problem, as RFC 9457 has it.',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: TEXT,
    title: TEXT,
    status: { type: 'integer' },
    detail: TEXT,
    code: TEXT,
    errors: { type: 'array', items: { type: 'object', properties: { path: TEXT, message: TEXT } } },
    count: { type: 'integer' },
  },
};
