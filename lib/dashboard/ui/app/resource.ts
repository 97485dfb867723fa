import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from './app-context.js';
import { ProblemError } from './problem-error.js';

export interface Resource<T> {
  /** Also the last one, while it is read again or couldn't be. */
  readonly data: T | undefined;
  readonly error: ProblemError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
  /** Puts what a change has answered in its place. */
  readonly replace: (data: T) => void;
}

export interface ResourceOptions {
  /** Read again when jobs have changed, at most once in this many milliseconds. */
  readonly live?: number;
}

interface State<T> {
  readonly key: string;
  readonly data?: T;
  readonly error?: ProblemError;
  readonly loading: boolean;
}

/**
 * What the server has under a key.
 *
 * @example
 * ```ts
 * const channels = useResource('channels', (signal) => app.api.channels({}, signal), { live: 2_000 });
 * ```
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  { live }: ResourceOptions = {},
): Resource<T> {
  const { cache, live: events } = useApp();
  const [state, setState] = useState<State<T>>({
    key: '',
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  // A reload for a change waits for the one under way: else a slow answer would never come through.
  const busy = useRef(false);
  const again = useRef(false);

  useEffect(() => {
    const abort = new AbortController();
    busy.current = true;
    again.current = false;
    const kept = cache.get<T>(key);
    setState((before) => {
      const data = before.key === key ? before.data : kept;
      return { key, loading: true, ...(data !== undefined && { data }) };
    });
    const read = async () => {
      let next: (before: State<T>) => State<T>;
      try {
        const data = await latest.current(abort.signal);
        next = () => ({ key, data, loading: false });
        if (!abort.signal.aborted) {
          cache.set(key, data);
        }
      } catch (cause) {
        const error = cause instanceof ProblemError ? cause : ProblemError.unreachable(cause);
        next = (before) => ({ ...before, error, loading: false });
      }
      if (!abort.signal.aborted) {
        setState(next);
        busy.current = false;
        if (again.current) {
          setRound((now) => now + 1);
        }
      }
    };
    void read();
    return () => abort.abort();
  }, [key, round, cache]);

  useLiveReload(events, live, () => {
    if (busy.current) {
      again.current = true;
    } else {
      setRound((now) => now + 1);
    }
  });

  const fresh = state.key === key;
  return {
    data: fresh ? state.data : cache.get<T>(key),
    error: fresh ? state.error : undefined,
    loading: fresh ? state.loading : true,
    reload: () => setRound((now) => now + 1),
    replace: (data) => {
      cache.set(key, data);
      setState({ key, data, loading: false });
    },
  };
}

/** Calls back when jobs have changed, at most once in this many milliseconds, and never for the state at mounting. */
export function useLiveReload(
  events: { readonly pulse: { subscribe(run: (pulse: { version: string } | null) => void): () => void } },
  millis: number | undefined,
  reload: () => void,
): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (millis === undefined) {
      return undefined;
    }
    let seen: string | null = null;
    let last = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = events.pulse.subscribe((pulse) => {
      if (pulse === null || pulse.version === seen) {
        return;
      }
      const first = seen === null;
      seen = pulse.version;
      if (!first && timer === undefined) {
        timer = setTimeout(
          () => {
            timer = undefined;
            last = performance.now();
            latest.current();
          },
          Math.max(0, last + millis - performance.now()),
        );
      }
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [events, millis]);
}
