import { Controller, Get, UseFilters } from '@nestjs/common';
import { ProblemError } from '../http/problem.error.js';
import { OwnProblemFilter } from '../http/problem.filter.js';
import { Undescribed } from '../openapi/described.js';

/** Has to be the last one: addresses below the dashboard's that nothing else answers. */
@Controller()
@UseFilters(OwnProblemFilter)
@Undescribed()
export class UnknownController {
  @Get([':one', ':one/:two', ':one/:two/:three'])
  nowhere(): never {
    throw new ProblemError(404, 'There is no such page. The address may be wrong.', { code: 'NOT_FOUND' });
  }
}
