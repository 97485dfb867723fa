const INTERVAL_MS = 20;
const TIMEOUT_MS = 30_000;

/** What `look` gives once it gives something; after half a minute, an error that says what is missing. */
export async function polled<T>(
  look: () => Promise<T | undefined>,
  missing: () => Promise<string> | string,
  timeout = TIMEOUT_MS,
): Promise<T> {
  const until = performance.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`Waited for ${timeout} ms: ${await missing()}.`);
    await new Promise((again) => setTimeout(again, INTERVAL_MS));
  }
}
