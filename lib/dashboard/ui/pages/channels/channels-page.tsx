import { useEffect, useState } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { Button } from '../../components/button.js';
import { Listing } from '../../components/listing.js';
import { Page } from '../../components/page.js';
import { Table } from '../../components/table.js';
import { useTreeRows } from '../../components/tree.js';
import { ChannelDialog } from './channel-dialog.js';
import { useChannelColumns } from './channel-columns.js';
import { useChannels } from './use-channels.js';
import './channels.css';

/** The tree of channels: what runs and waits in each, and what it lets run. */
export function ChannelsPage() {
  const app = useApp();
  const { t } = useTexts();
  const [text, setText] = useState('');
  const [limit, setLimit] = useState(PAGE);
  const channels = useChannels(text, limit);
  const { shown, error, reload } = channels;
  const [edited, setEdited] = useState<string | null>(null);
  const rows = useTreeRows(shown ?? NONE, ({ name }) => name);
  const columns = useChannelColumns(
    app.may('channels')
      ? {
          toggle: (channel) => void channels.toggle(channel),
          edit: ({ name }) => setEdited(name),
          reset: (channel) => void channels.reset(channel),
        }
      : null,
  );
  const at = app.router.place.value.query.get('channel');
  useSight(at, shown !== undefined);
  const open = shown?.find(({ name }) => name === edited);
  return (
    <Page
      title={t('page.channels')}
      actions={
        <input
          type="search"
          class="input"
          data-search
          aria-label={t('channels.find')}
          placeholder={t('channels.find')}
          onInput={(event) => {
            setText(event.currentTarget.value.trim());
            setLimit(PAGE);
          }}
        />
      }
    >
      <Listing
        items={shown}
        error={error}
        retry={reload}
        none={{
          icon: 'channels',
          title: t('channels.noneTitle'),
          hint: t(text === '' ? 'channels.noneHint' : 'channels.noneFound'),
        }}
      >
        {(items) => (
          <>
            <Table
              label={t('page.channels')}
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              rowClass={({ id, item }) =>
                `${id === at ? 'row-selected' : ''} ${item.paused ? 'channels-paused' : ''}`
              }
            />
            {items.length >= limit && (
              <p class="channels-more faint">
                {t('channels.first', { n: items.length })}
                {limit < MOST && (
                  <Button size="s" icon="down" onClick={() => setLimit(MOST)}>
                    {t('channels.more')}
                  </Button>
                )}
              </p>
            )}
          </>
        )}
      </Listing>
      {open !== undefined && (
        <ChannelDialog
          channel={open}
          save={(changes) => channels.change(open, changes)}
          reset={() => channels.reset(open)}
          close={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

const NONE: readonly never[] = [];
/** Rows that are shown at first, and at most: beyond these a name has to be given. */
const PAGE = 200;
const MOST = 1_000;

/** The channel that the address names is brought into view once it is there. */
function useSight(name: string | null, ready: boolean): void {
  useEffect(() => {
    if (name !== null && ready) {
      document.querySelector(`tr[data-key="${CSS.escape(name)}"]`)?.scrollIntoView({ block: 'center' });
    }
  }, [name, ready]);
}
