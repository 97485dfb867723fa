import { Get, Patch, Post } from '@nestjs/common';
import { JobFunctionService } from '../../../services/job-function.service.js';
import type { FunctionView } from '../../api/functions.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseFunctionChange, parseFunctionName } from '../input/cluster.input.js';
import { FUNCTION, FUNCTION_CHANGE } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { listOf } from '../openapi/schemas.js';
import { FunctionViews } from './function-views.js';

const ONE = {
  path: { name: 'A job function: `Provider.method`' },
  problems: { 404: 'There is no such job function' },
};

/** The job functions, and what can be changed of them while everything runs. */
@ApiController('functions')
export class FunctionsController {
  constructor(
    private readonly functions: JobFunctionService,
    private readonly views: FunctionViews,
  ) {}

  @Get()
  @Described({
    summary: 'All job functions of this application, and those that only jobs or other nodes tell of',
    answer: listOf(FUNCTION),
  })
  async list(): Promise<FunctionView[]> {
    return this.views.list();
  }

  @Get(':name')
  @Described({ summary: 'A job function', ...ONE, answer: FUNCTION })
  async one({ params }: Call): Promise<FunctionView> {
    return this.views.one(parseFunctionName(params['name']));
  }

  @Patch(':name')
  @Described({
    summary: 'Changes the channel or the retry pattern of a job function, pauses or resumes it',
    description:
      'What is left out stays; null, or what the decorator says, gives that one back to the decorator.',
    ...ONE,
    body: FUNCTION_CHANGE,
    answer: FUNCTION,
  })
  async change(call: Call): Promise<FunctionView> {
    const { params, requester } = call;
    requester.must('functions');
    const name = parseFunctionName(params['name']);
    const { paused, ...settings } = parseFunctionChange(await call.body());
    const by = { by: requester.actor };
    if (Object.keys(settings).length > 0) await this.functions.configure(name, settings, by);
    if (paused === true) await this.functions.pause(name, by);
    if (paused === false) await this.functions.resume(name, by);
    return this.views.one(name);
  }

  @Post(':name/reset')
  @Described({
    summary: 'Gives a job function back to what its decorator says',
    ...ONE,
    body: { type: 'object' },
    answer: FUNCTION,
  })
  async reset({ params, requester }: Call): Promise<FunctionView> {
    requester.must('functions');
    const name = parseFunctionName(params['name']);
    await this.functions.reset(name, { by: requester.actor });
    return this.views.one(name);
  }
}
