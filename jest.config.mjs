const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // TypeScript's NodeNext writes `./x.js` for what is `./x.ts` here.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // One instance of the library, whether a test imports lib/ or the sample imports the package.
    '^nestjs-queue-job$': '<rootDir>/lib/index.ts',
    '^nestjs-queue-job/dashboard$': '<rootDir>/lib/dashboard.ts',
    '^nestjs-queue-job/migrations$': '<rootDir>/lib/migrations.ts',
    '^nestjs-queue-job/opentelemetry$': '<rootDir>/lib/opentelemetry.ts',
    '^nestjs-queue-job/prometheus$': '<rootDir>/lib/prometheus.ts',
    '^nestjs-queue-job/terminus$': '<rootDir>/lib/terminus.ts',
    '^nestjs-queue-job/testing$': '<rootDir>/lib/testing.ts',
  },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
          keepClassNames: true,
        },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  maxWorkers: 2,
  testTimeout: 60_000,
  // Modules of ended files stay in a worker's memory: without a bound it grows to 3 GB, whose collection takes seconds.
  workerIdleMemoryLimit: '1GB',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.spec.ts'] },
    // The dashboard's page, in a browser, as `npm run build` made it.
    { ...shared, displayName: 'page', testMatch: ['<rootDir>/test/page/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'postgres',
      testMatch: ['<rootDir>/test/{integration,e2e}/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
