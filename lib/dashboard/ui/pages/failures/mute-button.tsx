import { useState } from 'preact/hooks';
import type { FailureGroup } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Segmented } from '../../components/tabs.js';

const HOURS = { hour: 1, day: 24, week: 168, always: null } as const;
type Span = keyof typeof HOURS;
const SPANS = Object.keys(HOURS) as readonly Span[];

/** Mutes a group, for as long as somebody says, or unmutes it. */
export function MuteButton({ group: { id, muted }, done }: { group: FailureGroup; done: () => void }) {
  const { api, toasts } = useApp();
  const { t } = useTexts();
  const [asking, setAsking] = useState(false);
  const [span, setSpan] = useState<Span>('day');
  const send = async (what: () => Promise<unknown>) => {
    setAsking(false);
    try {
      await what();
    } catch (cause) {
      toasts.show('bad', (cause as Error).message);
    }
    done();
  };
  if (muted !== null) {
    return <Button onClick={() => void send(() => api.unmuteFailure(id))}>{t('failures.unmute')}</Button>;
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t('failures.mute')}</Button>
      {asking && (
        <Dialog
          title={t('failures.muteTitle')}
          close={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
              <Button
                kind="primary"
                onClick={() => void send(() => api.muteFailure({ id, hours: HOURS[span] }))}
              >
                {t('failures.mute')}
              </Button>
            </>
          }
        >
          <p>{t('failures.muteBody')}</p>
          <Segmented
            label={t('failures.muteFor')}
            choices={SPANS.map((one) => ({ id: one, label: t(`failures.muteFor.${one}`) }))}
            chosen={span}
            choose={setSpan}
          />
        </Dialog>
      )}
    </>
  );
}
