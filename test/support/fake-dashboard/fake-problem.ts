/** An answer that is an error. */
export class FakeProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** @throws FakeProblem of status 404 */
export function found<T>(one: T | undefined): T {
  if (one === undefined) {
    throw new FakeProblem(404, 'Not found', 'There is no such thing.');
  }
  return one;
}
