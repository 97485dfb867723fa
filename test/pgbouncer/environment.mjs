import { relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { LEFT_OUT } from './left-out.mjs';

/** Skips the tests that are about what a pooler in transaction mode can't give. */
export default class PoolerEnvironment extends TestEnvironment {
  #leftOut;

  constructor(config, context) {
    super(config, context);
    const file = relative(`${config.projectConfig.rootDir}/test/integration`, context.testPath);
    this.#leftOut = LEFT_OUT.filter((entry) => entry.file === file);
  }

  handleTestEvent({ name, test }) {
    if (name !== 'test_start') return;
    const names = [];
    for (let part = test; part.parent; part = part.parent) names.unshift(part.name);
    const title = names.join(' ');
    if (this.#leftOut.some((entry) => entry.test === undefined || title.startsWith(entry.test))) {
      test.mode = 'skip';
    }
  }
}
