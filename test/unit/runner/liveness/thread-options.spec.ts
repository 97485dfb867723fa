import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { threadOptions } from '../../../../lib/runner/liveness/thread-options.js';

/** What arrives in a thread. */
const arrived = (options: object): unknown => {
  const given = threadOptions(options);
  if (typeof given === 'string') throw new Error(given);
  return structuredClone(given.plain);
};

describe('the connection options for a thread', () => {
  it('are those of the process, with the key that pg hides', () => {
    const ssl = { ca: 'ca', cert: Buffer.from('cert') };
    Object.defineProperty(ssl, 'key', { value: 'key', enumerable: false });
    expect(arrived({ host: 'db', port: 5433, password: 'secret', ssl })).toMatchObject({
      host: 'db',
      port: 5433,
      password: 'secret',
      ssl: { ca: 'ca', key: 'key', cert: new Uint8Array(Buffer.from('cert')) },
    });
  });

  it.each([[true], [false], [undefined], ['require'], [null]])('have ssl as it is: %p', (ssl) => {
    expect(arrived({ ssl })).toMatchObject({ ssl });
  });

  it('leave out what only pools use', () => {
    expect(arrived({ max: 3, log: () => undefined, Promise, verify: () => undefined })).toEqual({
      max: 3,
      password: undefined,
      ssl: undefined,
    });
  });

  it('ask for a password that is a function', async () => {
    const given = threadOptions({ password: async () => Promise.resolve('fresh') });
    expect(given).toMatchObject({ plain: {} });
    expect(typeof given !== 'string' && (await given.password?.())).toBe('fresh');
  });

  it.each<[string, object]>([
    ['stream', { stream: () => new Socket() }],
    ['Client', { Client: class {} }],
    ['onConnect', { onConnect: () => undefined }],
    ['ssl.checkServerIdentity', { ssl: { checkServerIdentity: () => undefined } }],
    ['ssl.secureContext', { ssl: { secureContext: new (class SecureContext {})() } }],
    ['ssl.ALPNCallback', { ssl: { ca: readFileSync(import.meta.filename), ALPNCallback: () => undefined } }],
  ])('name what a thread can not get: %s', (name, options) => {
    expect(threadOptions(options as never)).toBe(name);
  });
});
