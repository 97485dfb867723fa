import { useEffect, useState } from 'preact/hooks';
import type { App } from '../app/app.js';
import { AppContext } from '../app/app-context.js';
import { ProblemError } from '../app/problem-error.js';
import { ErrorState } from '../components/empty.js';
import { Shell } from './shell.js';

/** Asks the server who is looking, and shows the page once that is known. */
export function Root({ app }: { app: App }) {
  const [error, setError] = useState<ProblemError | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    app.introduce().then(
      () => setError(null),
      (cause: unknown) => setError(cause instanceof ProblemError ? cause : ProblemError.unreachable(cause)),
    );
  }, [app, round]);
  return (
    <AppContext.Provider value={app}>
      {error === null ? (
        app.about.value !== null && <Shell />
      ) : (
        <main>
          <ErrorState error={error} retry={() => setRound((now) => now + 1)} />
        </main>
      )}
    </AppContext.Provider>
  );
}
