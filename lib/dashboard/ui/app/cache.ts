const MOST = 40;

/** What was last read, by key: a page that is come back to stands at once, and is read again behind it. */
export class Cache {
  readonly #kept = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.#kept.get(key) as T | undefined;
  }

  set(key: string, value: unknown): void {
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size > MOST) {
      this.#kept.delete(this.#kept.keys().next().value ?? '');
    }
  }
}
