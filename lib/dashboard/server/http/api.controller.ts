import { applyDecorators, Controller, UseFilters } from '@nestjs/common';
import { ProblemFilter } from './problem.filter.js';

/**
 * A controller of the API, at a path below `api/`. It has to stand in `DASHBOARD_CONTROLLERS`.
 *
 * @example
 * ```ts
 * @ApiController('channels')
 * export class ChannelsController {}
 * ```
 */
export const ApiController = (path: string): ClassDecorator =>
  applyDecorators(Controller(path === '' ? 'api' : `api/${path}`), UseFilters(ProblemFilter));
