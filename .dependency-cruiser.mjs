// The walls inside lib/: a room imports what its line names and nothing else. `options` is lib/queue-job.options.ts.
const base = ['common', 'errors'];
const ground = [...base, 'job', 'channel', 'payload'];
const middle = [...ground, 'options'];
const upper = [...middle, 'registry', 'store'];
const floor = [...upper, 'execution-context'];
const calls = [...floor, 'inspect', 'enqueue'];
const top = [...calls, 'services', 'runner'];

const rooms = {
  errors: [],
  common: ['errors'],
  job: base,
  channel: base,
  payload: base,
  registry: middle,
  store: middle,
  'execution-context': ['errors', 'job', 'store'],
  inspect: floor,
  // A web process enqueues and has no runner.
  enqueue: [...floor, 'inspect'],
  runner: floor,
  services: calls,
  schedule: top,
  events: top,
  observe: top,
  terminus: ['observe'],
  opentelemetry: ground,
  prometheus: ground,
  dashboard: [...top, 'schedule'],
  // It stands for the module.
  testing: [...top, 'schedule', 'events', 'observe', 'module'],
};

const files = { options: '^lib/queue-job\\.options\\.ts$', module: '^lib/queue-job\\.module\\.ts$' };

const place = (room) => files[room] ?? `^lib/${room}/`;

const walls = Object.entries(rooms).map(([room, allowed]) => ({
  name: `wall-of-${room}`,
  comment: `lib/${room} imports from lib only: ${allowed.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: place(room) },
  to: { path: '^lib/', pathNot: [room, ...allowed].map(place) },
}));

const forbidden = [
  ...walls,
  {
    name: 'room-without-walls',
    comment: 'A new folder in lib needs a line in the table above.',
    severity: 'error',
    from: { path: '^lib/[^/]+/', pathNot: Object.keys(rooms).map(place) },
    to: {},
  },
  {
    name: 'options-see-the-ground-floor',
    severity: 'error',
    from: { path: place('options') },
    to: { path: '^lib/', pathNot: ground.map(place) },
  },
  {
    name: 'ground-floor-is-pure',
    comment: 'What a job is knows neither NestJS nor the database.',
    severity: 'error',
    from: { path: ground.map(place) },
    to: { path: '(^|/)node_modules/(@nestjs|typeorm|pg|rxjs)/' },
  },
  {
    name: 'no-barrels',
    comment: 'Import the file that has it: one index.ts, that of the package.',
    severity: 'error',
    from: { path: '^lib/.+/index\\.ts$' },
    to: {},
  },
  {
    name: 'no-barrel-imports',
    severity: 'error',
    from: {},
    to: { path: '^lib/.+/index\\.ts$' },
  },
  {
    name: 'a-schema-stands-alone',
    comment:
      'A released version of the schema imports nothing that can change: of lib, the names of the tables.',
    severity: 'error',
    from: { path: '^lib/store/schema/(v[0-9]+)/' },
    to: { path: '^lib/', pathNot: ['^lib/store/schema/$1/', '^lib/store/connection/tables(-of)?\\.ts$'] },
  },
  {
    name: 'lib-stands-alone',
    severity: 'error',
    from: { path: '^lib/' },
    to: { path: '^(test|sample|bench|docs|dist)/' },
  },
  {
    name: 'the-page-stands-alone',
    comment: 'It runs in a browser: of lib it knows the contract with the server, and pure types.',
    severity: 'error',
    from: { path: '^lib/dashboard/ui/' },
    to: { path: '^lib/', pathNot: ['^lib/dashboard/(ui|api)/', '^lib/job/'] },
  },
  {
    name: 'the-contract-is-types',
    severity: 'error',
    from: { path: '^lib/dashboard/api/' },
    to: { path: '^lib/', pathNot: ['^lib/dashboard/api/', '^lib/job/'] },
  },
  {
    name: 'the-server-knows-no-page',
    severity: 'error',
    from: { path: '^lib/', pathNot: '^lib/dashboard/ui/' },
    to: { path: '^lib/dashboard/ui/' },
  },
  {
    name: 'lib-ships-what-it-imports',
    comment:
      'A development dependency (or one that package.json does not name) is missing where the library is installed, but for what the build puts into the package.',
    severity: 'error',
    from: { path: '^lib/', pathNot: ['^lib/dashboard/ui/', '^lib/dashboard/server/input/valibot\\.ts$'] },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined', 'unknown'],
      dependencyTypesNot: ['npm', 'npm-peer'],
    },
  },
  {
    name: 'page-is-built-apart',
    comment: "What the page itself may import, oxlint knows: this tool's parser doesn't read TSX.",
    severity: 'error',
    from: { path: '^lib/', pathNot: '^lib/dashboard/ui/' },
    to: { path: '^lib/dashboard/ui/' },
  },
  {
    name: 'sample-uses-the-package',
    comment: "The sample imports 'nestjs-queue-job', as an application does.",
    severity: 'error',
    from: { path: '^sample/' },
    to: { path: '^(lib|dist|test)/' },
  },
  {
    name: 'bench-measures-the-package',
    comment: "The bench imports 'nestjs-queue-job', built, as an application does.",
    severity: 'error',
    from: { path: '^bench/' },
    to: { path: '^(lib|test)/' },
  },
];

export default {
  forbidden,
  options: {
    // TypeScript 7 has no compiler API in JavaScript. swc sees type imports too, and so do the walls; import cycles are
    // left to oxlint, which tells the harmless ones, of types alone, from the others.
    parser: 'swc',
    exclude: { path: '(^|/)(dist|\\.data)/' },
    doNotFollow: { path: '(^|/)node_modules/|^lib/dashboard/ui/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default', 'types'],
    },
  },
};
