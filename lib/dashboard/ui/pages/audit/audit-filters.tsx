import { useApp, useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { Segmented } from '../../components/tabs.js';

const KINDS = ['jobs', 'failures', 'channels', 'functions', 'schedules', 'nodes'] as const;
type Kind = 'all' | (typeof KINDS)[number];

export interface AuditQuery {
  readonly action?: string;
  readonly actor?: string;
  readonly target?: string;
}

/** What the address says. */
export function readAuditQuery(query: URLSearchParams): AuditQuery {
  const given = (name: string) => query.get(name) ?? '';
  return Object.fromEntries(
    ['action', 'actor', 'target'].flatMap((name) => (given(name) === '' ? [] : [[name, given(name)]])),
  );
}

/** Of what kind, by whom, and to which object. */
export function AuditFilters({ query }: { query: AuditQuery }) {
  const { router } = useApp();
  const { t } = useTexts();
  const go = (next: AuditQuery) => router.go(pathTo('audit', { ...query, ...next }), { replace: true });
  const kind = KINDS.find((one) => one === query.action) ?? 'all';
  return (
    <div class="audit-filters">
      <Segmented<Kind>
        label={t('audit.action')}
        choices={[
          { id: 'all', label: t('jobs.anyState') },
          ...KINDS.map((id) => ({ id, label: t(`page.${id}`) })),
        ]}
        chosen={kind}
        choose={(id) => go({ action: id === 'all' ? '' : id })}
      />
      <input
        class="input audit-who"
        type="search"
        aria-label={t('audit.actor')}
        placeholder={t('audit.actor')}
        value={query.actor ?? ''}
        onChange={(event) => go({ actor: event.currentTarget.value.trim() })}
      />
      {query.target !== undefined && (
        <Button icon="close" onClick={() => go({ target: '' })}>
          {t('audit.target')}: {query.target}
        </Button>
      )}
    </div>
  );
}
