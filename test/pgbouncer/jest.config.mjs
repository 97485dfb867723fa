import { join } from 'node:path';
import config from '../../jest.config.mjs';

const { displayName: _, modulePathIgnorePatterns: __, ...postgres } = config.projects[1];
const rootDir = join(import.meta.dirname, '../..');

export default {
  maxWorkers: 2,
  // The pooler adds a hop, and nodes hear nothing.
  testTimeout: 60_000,
  ...postgres,
  rootDir,
  testMatch: ['<rootDir>/test/integration/**/*.spec.ts'],
  moduleNameMapper: {
    '^(?:\\.\\./){2,}lib/(.+)\\.js$': '<rootDir>/dist/$1.js',
    ...postgres.moduleNameMapper,
    '^nestjs-queue-job$': '<rootDir>/dist/index.js',
    '^nestjs-queue-job/migrations$': '<rootDir>/dist/migrations.js',
  },
  testEnvironment: '<rootDir>/test/pgbouncer/environment.mjs',
  globalSetup: '<rootDir>/test/pgbouncer/global-setup.ts',
  globalTeardown: '<rootDir>/test/pgbouncer/global-teardown.ts',
};
