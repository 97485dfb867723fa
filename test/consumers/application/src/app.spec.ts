import { Test, type TestingModule } from '@nestjs/testing';
import { AppController } from './app.controller.js';
import { AppModule } from './app.module.js';

describe('the application', () => {
  let module: TestingModule;

  beforeAll(async () => {
    module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    await module.init();
  }, 60_000);

  afterAll(async () => module.close());

  it('runs what its controller has delayed, and retries it', async () => {
    const controller = module.get(AppController);
    const { uuid } = await controller.order('April');
    const { text } = await controller.read(uuid);
    expect(text).toMatch(/^Report \d+ for April is written at try 2$/);
  }, 60_000);
});
