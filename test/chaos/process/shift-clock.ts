/** From here on this process believes that it is another time. Timers and monotonic clocks don't. */
export function shiftClock(milliseconds: number): void {
  if (milliseconds === 0) return;
  const Real = Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given: unknown[], newTarget) =>
      Reflect.construct(target, given.length === 0 ? [Real.now() + milliseconds] : given, newTarget) as Date,
    get: (target, property) =>
      property === 'now' ? () => Real.now() + milliseconds : (Reflect.get(target, property) as unknown),
  });
}
