import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Job } from '../../lib/index.js';
import { startApplication } from '../support/application.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

@Injectable()
class SearchIndex {
  readonly updated: number[] = [];

  @Job({ defaultChannel: 'search' })
  async update(customerId: number): Promise<void> {
    this.updated.push(customerId);
  }
}

@Injectable()
class ExportService {
  @Job()
  async exportOne(product: { id: number }): Promise<number> {
    return product.id;
  }
}

describe('the SQL of docs/sql.md', () => {
  it('stores jobs from a statement, and from a trigger for all changes of a moment', async () => {
    const document = await readFile(join(import.meta.dirname, '../../docs/sql.md'), 'utf8');
    const role = `reporting_${randomBytes(4).toString('hex')}`;
    const blocks = [...document.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text = '']) =>
      text.replaceAll(/\breporting\b/g, role),
    );
    expect(blocks).toHaveLength(3);
    const database = await createTestDatabase();
    const test = await startApplication({
      url: database.url,
      providers: [SearchIndex, ExportService],
    });
    const { queue, dataSource } = test;
    await database.asAdmin(`CREATE ROLE ${role}`);
    try {
      const answers: unknown[] = [];
      for (const block of blocks) answers.push(await dataSource.query(block));
      const [[{ queue_job_enqueue: uuid }]] = answers as [[{ queue_job_enqueue: string }]];
      expect(await queue.find(uuid)).toMatchObject({ priority: 5, state: 'pending', args: [{ id: 1 }] });

      await dataSource.query(`INSERT INTO customer VALUES (1, 'Ada'), (2, 'Grace')`);
      for (let time = 0; time < 5; time += 1)
        await dataSource.query(`UPDATE customer SET name = name || '!' WHERE id = 1`);
      await dataSource
        .transaction(async (manager) => {
          await manager.query(`INSERT INTO customer VALUES (3, 'Nobody')`);
          throw new Error('rolled back');
        })
        .catch(() => undefined);
      const { updated } = test.get(SearchIndex);
      await eventually(() => expect(updated.toSorted((a, b) => a - b)).toEqual([1, 2]));
      expect(await queue.list({ name: 'SearchIndex.update', limit: 10 })).toHaveLength(2);
      await database.asAdmin(
        `SET ROLE ${role}; SELECT queue_job_enqueue('ExportService.exportOne', '[{"id": 7}]')`,
      );
      await eventually(async () => {
        expect((await queue.list({ name: 'ExportService.exportOne', state: 'done' }))[0]?.result).toBe(7);
      });
    } finally {
      await test.close();
      await database.asAdmin(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await database.drop();
    }
  });
});
