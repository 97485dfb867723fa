import { Get } from '@nestjs/common';
import { toProgress } from '../../../enqueue/batch/stored-batch.js';
import type { BatchRow } from '../../../store/batches/batch-store.js';
import type { BatchDetail, BatchPage, BatchView } from '../../api/cluster.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { ProblemError } from '../http/problem.error.js';
import { parseBatchPage } from '../input/cluster.input.js';
import { parseUuid } from '../input/jobs.input.js';
import { BATCH_DETAIL, BATCH_PAGE } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { DashboardStore } from '../store/dashboard.store.js';

const PAGE = 50;
const MOST_GRAPHS = 20;

/** The batches: jobs that are watched together, and how far they are. */
@ApiController('batches')
export class BatchesController {
  constructor(private readonly store: DashboardStore) {}

  @Get()
  @Described({
    summary: 'Batches, the newest first',
    query: { state: 'open, closed or ended', cursor: 'The `next` of the page before' },
    answer: BATCH_PAGE,
  })
  async list({ query }: Call): Promise<BatchPage> {
    const { state, cursor } = parseBatchPage(query);
    const rows = await this.store.batches.list({
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { before: cursor }),
      limit: PAGE + 1,
    });
    const batches = rows.slice(0, PAGE).map(view);
    return { batches, next: rows.length > PAGE ? (batches.at(-1)?.uuid ?? null) : null };
  }

  @Get(':uuid')
  @Described({
    summary: 'A batch and how far it is',
    path: { uuid: 'The uuid of a batch' },
    answer: BATCH_DETAIL,
    problems: { 404: 'There is no such batch' },
  })
  async one({ params }: Call): Promise<BatchDetail> {
    const uuid = parseUuid(params['uuid']);
    const [row] = await this.store.batches.find([uuid]);
    if (row === undefined) throw new ProblemError(404, `There is no batch ${uuid}.`, { code: 'NOT_FOUND' });
    return { ...view(row), graphs: await this.store.batches.graphs(uuid, MOST_GRAPHS) };
  }
}

function view(row: BatchRow): BatchView {
  const { uuid, name, state, counts, total, completeness, failedPercentage, ...dates } = toProgress(row);
  return {
    uuid,
    name,
    state,
    counts,
    total,
    completeness,
    failedPercentage,
    dateCreated: dates.dateCreated.toISOString(),
    dateEnded: dates.dateEnded?.toISOString() ?? null,
  };
}
