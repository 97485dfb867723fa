import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import { ProblemError } from '../app/problem-error.js';
import { matchPath } from '../app/router.js';
import { EmptyState, ErrorState } from '../components/empty.js';
import { Page } from '../components/page.js';
import { SkeletonRows } from '../components/skeleton.js';
import { ROUTES, type PageProps, type Route } from './routes.js';

/** The page that the address names. */
export function PageOutlet() {
  const { router } = useApp();
  const { path } = router.place.value;
  for (const route of ROUTES) {
    const params = matchPath(route.pattern, path);
    if (params !== null) {
      // Another job is another page: nothing of the one before stays.
      return 'load' in route ? (
        <LazyPage key={path} params={params} load={route.load} />
      ) : (
        <Eager key={path} page={route.page} params={params} />
      );
    }
  }
  return <NotFound />;
}

function Eager({ page: Shown, params }: PageProps & { page: ComponentType<PageProps> }) {
  return <Shown params={params} />;
}

function LazyPage({ load, params }: PageProps & Pick<Extract<Route, { load: unknown }>, 'load'>) {
  const { t } = useTexts();
  const [page, setPage] = useState<{ readonly shown: ComponentType<PageProps> } | null>(null);
  const [error, setError] = useState<ProblemError | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    setError(null);
    load().then(
      (shown) => setPage({ shown }),
      (cause: unknown) => setError(ProblemError.unreachable(cause)),
    );
  }, [load, round]);
  if (page !== null) {
    return <page.shown params={params} />;
  }
  return (
    <Page title={t('app.loading')}>
      {error === null ? (
        <SkeletonRows />
      ) : (
        <ErrorState error={error} retry={() => setRound((now) => now + 1)} />
      )}
    </Page>
  );
}

function NotFound() {
  const { t } = useTexts();
  return (
    <Page title={t('app.notFound')}>
      <EmptyState
        icon="search"
        title={t('app.notFound')}
        actions={
          <a class="link" href="./">
            {t('app.toOverview')}
          </a>
        }
      >
        {t('app.notFoundHint')}
      </EmptyState>
    </Page>
  );
}
