import { show } from '../common/format-value.js';

export const overrideWithoutJob = (provider: string, method: string): string =>
  `${provider}.${method} overrides a job without @Job(): it can't be delayed. Decorate it too.`;

export const duplicateName = (name: string, first: string, second: string): string =>
  `Two providers have a job named '${name}': ${first} and ${second}. Give one of them a name of its own with @Job({ name: '…' }).`;

export const notAProvider = (what: string): string =>
  `${what} is not a provider of this application, so its methods can't be delayed. Add it to the providers of a module.`;

export const unknownJob = (name: string, known: readonly string[]): string =>
  `No provider of this application has a job named ${show(name)}. ${
    known.length > 0 ? `Its jobs are: ${known.join(', ')}` : 'It has no jobs'
  }.`;

export const nothingToDelay = (given: unknown): string =>
  `Methods of an injected provider, or of its class, can be delayed, and not those of ${show(given)}.`;
