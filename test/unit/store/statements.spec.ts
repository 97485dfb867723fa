import { namedStatement } from '../../../lib/store/connection/database.js';

describe('a prepared statement', () => {
  const text = `SELECT "a"."queue_job_heartbeat_1"($1)`;

  it('has a name of its text, so that it is never taken for that of another schema or version', () => {
    const { name } = namedStatement('queue_job_heartbeat', text);
    expect(namedStatement('queue_job_heartbeat', text).name).toBe(name);
    expect(namedStatement('queue_job_heartbeat', text.replace('"a"', '"b"')).name).not.toBe(name);
    expect(namedStatement('queue_job_heartbeat', text.replace('_1', '_2')).name).not.toBe(name);
  });

  it('has a name that PostgreSQL keeps whole', () => {
    expect(namedStatement('queue_job_throttle', text).name.length).toBeLessThan(64);
  });
});
