import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Card } from '../../components/card.js';
import { TimeAgo } from '../../components/time.js';
import { Said } from './said.js';
import './audit.css';

const SHOWN = 5;

/** What was done to one thing, on its page; nothing where nothing was, and for those who may not read the audit trail. */
export function ObjectAudit(props: { kind: 'jobs' | 'functions'; target: string }) {
  const app = useApp();
  return app.may('audit') ? <Entries {...props} /> : null;
}

function Entries({ kind, target }: { kind: string; target: string }) {
  const { api } = useApp();
  const { t } = useTexts();
  const { data } = useResource(
    `audit:${kind}:${target}`,
    (signal) => api.audit({ action: kind, target }, signal),
    { live: 5_000 },
  );
  if (data === undefined || data.entries.length === 0) {
    return null;
  }
  return (
    <Card
      title={t('page.audit')}
      actions={
        <a class="link" href={pathTo('audit', { action: kind, target })}>
          {t('common.showAll')}
        </a>
      }
    >
      <ol class="audit-list">
        {data.entries.slice(0, SHOWN).map((entry) => (
          <li key={entry.id}>
            <Said entry={entry} />{' '}
            <span class="faint">
              <TimeAgo date={entry.date} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
