import config from '../jest.config.mjs';

// Apart from the other tests: this one runs the built sample, and needs no server of the tests.
const [unit] = config.projects;

export default {
  ...unit,
  displayName: 'sample',
  testMatch: ['<rootDir>/sample/test/**/*.spec.ts'],
  testTimeout: 30_000,
};
