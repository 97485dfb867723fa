import { Injectable } from '@nestjs/common';
import { Job } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { createTestDatabase } from '../../support/database.js';
import { isPooled } from '../../support/pooler.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

describe('a copy of the database on the same server', () => {
  it('gives back what the nodes of the original had, though these live', async () => {
    const [original, copy] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const [there, here] = await Promise.all([connect(original.url), connect(copy.url)]);
    const node = await startApplication({ url: original.url, providers: [Work] });
    const { rows } = await there.query<{ id: number; backend: number }>(
      'SELECT id, backend FROM queue_job_node',
    );
    const [{ id, backend } = { id: 0, backend: 0 }] = rows;
    // As a dump has it that is made while the original works.
    await here.query(
      `INSERT INTO queue_job_node (id, name, backend, listens, lease_until) OVERRIDING SYSTEM VALUE
       VALUES ($1, 'original', $2, $3, clock_timestamp())`,
      [id, backend, !isPooled()],
    );
    await here.query(`SELECT setval(pg_get_serial_sequence('queue_job_node', 'id'), $1)`, [id]);
    const { rows: jobs } = await here.query<{ uuid: string }>(
      `INSERT INTO queue_job (uuid, name, description, state, node, retry)
       VALUES (gen_random_uuid(), 'Work.run', 'copied', 'started', $1, 1) RETURNING uuid`,
      [id],
    );
    const uuid = jobs[0]?.uuid as string;
    await here.query('INSERT INTO queue_job_claim (node, id, jobs) VALUES ($1, 1, ARRAY[$2::uuid])', [
      id,
      uuid,
    ]);

    const copied = await startApplication({ url: copy.url, providers: [Work], logger: false });
    await expect(copied.queue.finished(uuid, { timeout: '30 s' })).resolves.toBe('ran');
    // And the original's node is none the worse for it.
    const own = await node.queue.withDelay(Work).run();
    await expect(node.queue.finished(own, { timeout: '20 s' })).resolves.toBe('ran');
    expect(node.runner.nodeId).toBe(id);

    await Promise.all([node.close(), copied.close(), here.end(), there.end()]);
    await Promise.all([original.drop(), copy.drop()]);
  }, 90_000);
});
