import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { RunnerLifecycle } from './runner-lifecycle.js';

/** Nest gives the root module 1, imported modules more, global modules the highest number there is. */
const NEAREST = -1;

/**
 * Holds {@link RunnerLifecycle}, so that its hooks come at the right moment. Nest calls bootstrap hooks in the order of
 * the modules' distance from the root, the farthest first, and the hooks of a shutdown in the opposite order. A global
 * module counts as the farthest of all: there, a runner would start before other modules are up, and stop after they
 * have closed their clients. So the runner's hooks are in this module, which sets its own distance below that of the
 * root module. Nest sorts the modules right before the first hook, when all providers exist.
 */
@Module({ providers: [RunnerLifecycle], exports: [RunnerLifecycle] })
export class RunnerLifecycleModule {
  constructor(modules: ModulesContainer) {
    for (const module of modules.values())
      if (module.metatype === RunnerLifecycleModule) module.distance = NEAREST;
  }
}
