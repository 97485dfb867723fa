import { useState } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Icon } from '../../components/icon.js';
import { ValueTree } from '../../components/value-tree.js';

/** Leads to what the job is about, as its application says: an address, or data to look at. */
export function RelatedAction({ uuid }: { uuid: string }) {
  const { api } = useApp();
  const { t } = useTexts();
  const { data, error, reload } = useResource(`related:${uuid}`, () => api.relatedAction(uuid));
  const [shown, setShown] = useState(false);
  if (error !== undefined) {
    return (
      <Button icon="warning" data-tip={error.message} onClick={reload}>
        {t('job.related')}
      </Button>
    );
  }
  if (data === undefined || data === null) {
    return null;
  }
  const label = data.label ?? t('job.related');
  const href = data.url === null ? null : safeUrl(data.url);
  if (href !== null) {
    return (
      <a class="button button-plain button-m" href={href} target="_blank" rel="noopener noreferrer">
        <Icon name="external" />
        {label}
      </a>
    );
  }
  return data.data === null ? null : (
    <>
      <Button icon="info" onClick={() => setShown(true)}>
        {label}
      </Button>
      {shown && (
        <Dialog title={label} close={() => setShown(false)} wide>
          <ValueTree value={data.data} />
        </Dialog>
      )}
    </>
  );
}

/** Of the application's own site, or another one's page; never a script. */
function safeUrl(url: string): string | null {
  try {
    const { protocol, href } = new URL(url, location.origin);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}
