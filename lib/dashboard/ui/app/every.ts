import { useEffect, useRef } from 'preact/hooks';

/** Calls back again and again while somebody looks: for what changes without any job doing so. Milliseconds. */
export function useEvery(millis: number, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) {
        latest.current();
      }
    }, millis);
    return () => clearInterval(timer);
  }, [millis]);
}
