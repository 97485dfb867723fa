/** What is not run through the pooler, and why: by file, and by how the full name of the test begins. */
export const LEFT_OUT = [
  {
    file: 'notifications.spec.ts',
    reason: 'about LISTEN, which a session is needed for',
  },
  {
    file: 'restart.spec.ts',
    reason: 'kills a PostgreSQL of its own, which has no pooler before it',
  },
];
