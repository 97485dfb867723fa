import { formatValue } from '../common/format-value.js';

export const overrideWithoutJob = (provider: string, method: string): string =>
  `${provider}.${method} overrides a job without @Job(): it can't be delayed. Decorate it too.`;

export const duplicateName = (name: string, first: string, second: string): string =>
  `Two providers have a job named '${name}': ${first} and ${second}. Give one of them a name of its own with @Job({ name: '…' }).`;

export const differentInstances = (
  token: string,
  modules: readonly string[],
  jobs: readonly string[],
): string =>
  `${token} is provided more than once (in ${modules.join(' and ')}), with different things injected, so it is open which of them would run its jobs ${jobs.join(', ')}. Provide it once, or each under a token of its own, such as { provide: 'SANDBOX', useFactory: … }: then its jobs are named 'SANDBOX.${jobs[0] ?? 'run'}'.`;

export const sharedName = (name: string, first: string, second: string): string =>
  `Two providers have a job named '${name}': ${first} and ${second}. It comes from @Job({ name }), so either could run it. Leave the name out: then it begins with the token of the provider.`;

export const nameless = (methods: readonly string[], moduleName: string): string =>
  `A provider of ${moduleName} has jobs (${methods.join(', ')}), but neither its token nor its class has a name that they could be stored under. Give the class a name, or each job one with @Job({ name: '…' }).`;

export const minifiedNames = (names: readonly string[]): string =>
  `The jobs ${names.join(', ')} seem to be named after minified classes. Another build may give the same name to another class, which would then run the jobs that this one stored. Keep the names (keepNames of esbuild, keep_classnames of Terser and SWC), or give each job one with @Job({ name: '…' }).`;

export const minifiedTwins = (name: string, modules: readonly string[]): string =>
  `Two classes with jobs are named '${name}' (in ${modules.join(' and ')}), which a minifier has done: jobs would run on the wrong one after the next build. Keep the names (keepNames of esbuild, keep_classnames of Terser and SWC), or give each job one with @Job({ name: '…' }).`;

export const severalQueues =
  'QueueJobModule.forRoot() is imported more than once as a global module, so it is open which queue an injected service is of. Import it once. For a second queue, import it with { isGlobal: false, dataSource } into each module that uses that queue.';

export const notAJob = (provider: string, method: string, jobs: readonly string[]): string =>
  `${provider}.${method} is not a job. ${
    jobs.length > 0 ? `Its jobs are: ${jobs.join(', ')}` : 'It has no jobs'
  }. Decorate the method with @Job() to delay it.`;

export const missingMethod = (provider: string, method: string): string =>
  `${provider}.${method} is a job, but what is bound to ${provider} in this application has no method ${method}(). Give it one.`;

export const notAProvider = (what: string): string =>
  `${what} is not a provider of this application, so its methods can't be delayed. Add it to the providers of a module.`;

export const ambiguous = (className: string, tokens: readonly string[]): string =>
  `Several providers are instances of ${className}: ${tokens.join(', ')}, and what was given is none of them, so it is open which one is meant. Give the injected instance, or a class that is the token of one of them.`;

export const unknownJob = (name: string, known: readonly string[]): string =>
  `No provider of this application has a job named ${formatValue(name)}. ${
    known.length > 0 ? `Its jobs are: ${known.join(', ')}` : 'It has no jobs'
  }.`;

export const nothingToDelay = (given: unknown): string =>
  `Methods of an injected provider, or of its class, can be delayed, and not those of ${formatValue(given)}.`;

export const unknownHandler = (fn: string, given: string, known: readonly string[]): string =>
  `${fn}: onFailed names ${formatValue(given)}, which is no job function of this application. Give the name of a method with @Job() of the same provider, or one of: ${known.join(', ')}.`;

export const unknownDefaultHandler = (given: string, known: readonly string[]): string =>
  `defaults.onFailed names ${formatValue(given)}, which is no job function of this application. Give the name of a method with @Job(): ${
    known.length > 0 ? known.join(', ') : 'there is none'
  }.`;
