import { Injectable, type Type } from '@nestjs/common';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { Job, type QueueJob, RelatedAction, RelatedActionError } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Entity()
class Partner {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  name!: string;
}

@Entity()
class Share {
  @PrimaryColumn({ type: 'integer' })
  a!: number;

  @PrimaryColumn({ type: 'integer' })
  b!: number;
}

@Injectable()
class Exporter {
  readonly base = '/partners';

  @Job()
  @RelatedAction({ action: 'openPartner', kwargs: { tab: 'orders' } })
  async byMethod(_partner: Partner): Promise<void> {}

  openPartner(job: QueueJob, { tab }: { tab: string }): { label: string; url: string } {
    const partner = job.args[0] as Partner;
    return { label: partner.name, url: `${this.base}/${partner.id}?tab=${tab}` };
  }

  @Job()
  @RelatedAction({ action: async (job: QueueJob, kwargs: object) => ({ data: [job.name, kwargs] }) })
  async byFunction(): Promise<void> {}

  @Job()
  @RelatedAction({ action: () => null })
  async unanswered(): Promise<void> {}

  @Job()
  @RelatedAction({ action: (job: QueueJob) => ({ url: String(job.args[0]) }) })
  async byUrl(_url: string): Promise<void> {}

  @Job()
  @RelatedAction({ action: (() => ({ label: 'nothing' })) as never })
  async wrong(): Promise<void> {}

  @Job()
  @RelatedAction()
  async none(_partner: Partner): Promise<void> {}

  @Job()
  async plain(..._args: unknown[]): Promise<void> {}
}

@Injectable()
class Misspelt {
  @Job()
  @RelatedAction({ action: 'openPartnr' })
  async run(): Promise<void> {}

  openPartner(): null {
    return null;
  }
}

describe('the related action of a job', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let exporter: Exporter;
  let partner: Partner;

  const start = async (providers: Type[], entityUrl?: (entity: string, id: unknown) => string | null) =>
    startApplication({
      url: database.url,
      providers,
      entities: [Partner, Share],
      options: { runner: false, ...(entityUrl === undefined ? {} : { entityUrl }) },
      dataSource: { synchronize: true },
      logger: false,
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await start([Exporter], (entity, id) =>
      entity === 'Share' ? null : `https://shop.example/${entity}/${JSON.stringify(id)}`,
    );
    exporter = test.get(Exporter);
    partner = await test.dataSource.manager.save(Object.assign(new Partner(), { name: 'Ada' }));
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const actionOf = async ({ uuid }: QueueJob): Promise<unknown> => test.queue.relatedAction(uuid);

  it('is a method of its provider, which gets the job with its entities and the kwargs', async () => {
    const job = await test.queue.withDelay(exporter).byMethod(partner);
    expect(await actionOf(job)).toEqual({ label: 'Ada', url: `/partners/${partner.id}?tab=orders` });
  });

  it('is a function, also an async one, whose kwargs are {} where none are given', async () => {
    const job = await test.queue.withDelay(exporter).byFunction();
    expect(await actionOf(job)).toEqual({ data: ['Exporter.byFunction', {}] });
  });

  it('is there for a job that has ended', async () => {
    const { uuid } = await test.queue.withDelay(exporter).byMethod(partner);
    await test.queue.setDone(uuid);
    expect(await test.queue.relatedAction(uuid)).toMatchObject({ label: 'Ada' });
  });

  it('is none where @RelatedAction() names none, or the function answers null', async () => {
    expect(await actionOf(await test.queue.withDelay(exporter).none(partner))).toBeNull();
    expect(await actionOf(await test.queue.withDelay(exporter).unanswered())).toBeNull();
  });

  it('opens the first entity among the arguments that entityUrl has an address for', async () => {
    const share = Object.assign(new Share(), { a: 1, b: 2 });
    const job = await test.queue.withDelay(exporter).plain('x', { share, partner });
    expect(await actionOf(job)).toEqual({
      label: 'Partner',
      url: `https://shop.example/Partner/${partner.id}`,
    });
    expect(await actionOf(await test.queue.withDelay(exporter).plain('x', 5))).toBeNull();
  });

  it('is none without decorator and without entityUrl', async () => {
    const job = await test.queue.withDelay(exporter).plain(partner);
    const other = await start([Exporter]);
    await expect(other.queue.relatedAction(job.uuid)).resolves.toBeNull();
    await other.close();
  });

  it.each([
    'https://shop.example/1',
    'http://shop.example',
    '/partners/1',
    'partners/1',
    '?tab=1',
    '//cdn/x',
  ])('may open %s', async (url) => {
    expect(await actionOf(await test.queue.withDelay(exporter).byUrl(url))).toEqual({ url });
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:,x',
  ])('may not open %j', async (url) => {
    const refused = actionOf(await test.queue.withDelay(exporter).byUrl(url));
    await expect(refused).rejects.toThrow(RelatedActionError);
    await expect(refused).rejects.toThrow('Only http:, https: and relative URLs are followed');
  });

  it('has to answer with a url or data', async () => {
    const refused = actionOf(await test.queue.withDelay(exporter).wrong());
    await expect(refused).rejects.toThrow(RelatedActionError);
    await expect(refused).rejects.toThrow('must answer with { label?, url } or { label?, data }');
  });

  it('stops the start where it names a method that is not there', async () => {
    const started = start([Misspelt]);
    await expect(started).rejects.toThrow(RelatedActionError);
    await expect(started).rejects.toThrow(`Misspelt.run names the method 'openPartnr'`);
  });
});
