/** What is not run through the pooler, and why: by file, and by how the full name of the test begins. */
export const LEFT_OUT = [
  {
    file: 'protocol/notifications.spec.ts',
    reason: 'about LISTEN, which a session is needed for',
  },
  {
    file: 'calls/finished-elsewhere.spec.ts',
    reason: 'about notifications, which a session is needed for',
  },
  {
    file: 'nodes/sleep.spec.ts',
    reason: 'looks at the connections of the process, which the pooler has there',
  },
  {
    file: 'calls/bad-input.spec.ts',
    reason: 'about what never reaches the database',
  },
  {
    file: 'channels/capacities.spec.ts',
    test: 'channels over four processes that are full of short jobs are kept busy',
    reason: 'measures how busy, with nodes that tell each other of room by notifications',
  },
  {
    file: 'nodes/nodes.spec.ts',
    test: 'the nodes, seen and steered from another process keep draining when their session breaks',
    reason: 'breaks the session of a node, which has none there',
  },
  {
    file: 'graphs/graphs.spec.ts',
    test: 'a graph of jobs of 10,000 jobs is stored in under two seconds',
    reason: 'measures time, which one more hop takes',
  },
  {
    file: 'schema/isolation.spec.ts',
    reason:
      'sets the isolation by a startup parameter, which PgBouncer refuses; there the database has to have read committed',
  },
  {
    file: 'calls/injection.spec.ts',
    test: 'text that is meant as SQL is stored as it is, or refused with an error of ours: channel settings',
    reason:
      'changes channels a hundred times, each taken up by the node within a second where it does not listen',
  },
  {
    file: 'calls/secrets.spec.ts',
    test: 'the log tells much',
    reason: 'waits for what a node says of its session',
  },
  {
    file: 'nodes/restart.spec.ts',
    reason: 'kills a PostgreSQL of its own, which has no pooler before it',
  },
  {
    file: 'nodes/pooler.spec.ts',
    reason: 'brings a pooler of its own, to which the default options are given',
  },
  {
    file: 'nodes/tls.spec.ts',
    reason: 'looks at connections to the server itself, which has no pooler before it',
  },
  {
    file: 'nodes/slow-server.spec.ts',
    reason: 'stops the processes of a server of its own, which has no pooler before it',
  },
  {
    file: 'nodes/silent-connections.spec.ts',
    reason: 'drops connections to the server itself',
  },
  {
    file: 'nodes/passwords.spec.ts',
    reason: 'logs in by a role of its own, where the pooler has one for all',
  },
  {
    file: 'nodes/roles.spec.ts',
    reason: 'logs in by roles of its own, where the pooler has one for all',
  },
  {
    file: 'schema/session-settings.spec.ts',
    reason: 'sets time limits by startup parameters, which PgBouncer refuses',
  },
];
