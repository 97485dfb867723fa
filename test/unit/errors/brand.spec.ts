import * as library from '../../../lib/index.js';
import { BRAND } from '../../../lib/errors/brand.js';

const { QueueJobError, RetryableJobError } = library;

describe('the brand of errors', () => {
  const classes = Object.entries(library).filter(
    ([, value]) => typeof value === 'function' && Object.hasOwn(value, BRAND),
  );

  it('is the name of the class', () => {
    expect(classes.length).toBeGreaterThan(35);
    for (const [name, value] of classes) expect((value as { [BRAND]?: string })[BRAND]).toBe(name);
  });

  it('does not make siblings, or classes of the application with the same name, one class', () => {
    const make = () => class Busy extends RetryableJobError {};
    const [Busy, Twin] = [make(), make()];
    expect(new Busy('')).toBeInstanceOf(RetryableJobError);
    expect(new Busy('')).toBeInstanceOf(Busy);
    expect(new Twin('')).not.toBeInstanceOf(Busy);
    expect(new RetryableJobError('')).not.toBeInstanceOf(Busy);
    expect(new RetryableJobError('')).not.toBeInstanceOf(library.FailedJobError);
  });

  it.each([
    ['nothing', null],
    ['a text', 'text'],
    ['an object without a prototype', Object.create(null)],
    ['an object whose constructor is no class', Object.create({ constructor: 5 })],
    ['a revoked proxy', revoked()],
  ])('is not found on %s', (_, value) => {
    expect(value instanceof QueueJobError).toBe(false);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
