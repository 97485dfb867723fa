import { useState } from 'preact/hooks';
import type { ChannelLoad, ChannelView } from '../../../api/channels.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useEvery } from '../../app/every.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { ErrorState, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { Skeleton } from '../../components/skeleton.js';
import type { PageProps } from '../../shell/routes.js';
import { ScopedMetrics } from '../overview/scoped-metrics.js';
import { Rules } from './channel-columns.js';
import { ChannelChanges, ChannelNodes } from './channel-cards.js';
import { ChannelDialog } from './channel-dialog.js';
import { ChannelFunctions } from './channel-functions.js';
import { ChannelStats } from './channel-stats.js';
import { type ChannelActions, useChannelActions } from './use-channel-actions.js';
import './channels.css';
import './channel-page.css';

/** One channel: whether it keeps up, what it is busy with, who serves it, and who changed it. */
export function ChannelPage({ params }: PageProps) {
  const { api } = useApp();
  const name = params['name'] ?? '';
  const channel = useResource(`channel:${name}`, (signal) => api.channel(name, signal), { live: 2_000 });
  const load = useResource(`channel-load:${name}`, (signal) => api.channelLoad(name, signal), {
    live: 3_000,
  });
  // Waits grow, and pauses begin, without any job that does something.
  useEvery(10_000, () => {
    channel.reload();
    load.reload();
  });
  const put = (answer: ChannelView) => {
    channel.replace(answer);
    channel.reload();
    load.reload();
  };
  const actions = useChannelActions(async (of, changes) => put(await api.changeChannel(of, changes)), put);
  const [edited, setEdited] = useState(false);
  const { data, error } = channel;
  return (
    <Page
      title={name}
      heading={<Heading name={name} channel={data} />}
      actions={<Buttons name={name} channel={data} actions={actions} edit={() => setEdited(true)} />}
    >
      {data === undefined && error !== undefined ? (
        <ErrorState error={error} retry={channel.reload} />
      ) : (
        <>
          {error !== undefined && <StaleNotice error={error} retry={channel.reload} />}
          {data === undefined || load.data === undefined ? (
            <Skeleton height="20rem" />
          ) : (
            <Parts channel={data} load={load.data} />
          )}
        </>
      )}
      {edited && data !== undefined && (
        <ChannelDialog
          channel={data}
          save={(changes) => actions.change(data, changes)}
          reset={() => actions.reset(data)}
          close={() => setEdited(false)}
        />
      )}
    </Page>
  );
}

function Parts({ channel, load }: { channel: ChannelView; load: ChannelLoad }) {
  return (
    <>
      <ChannelStats channel={channel} load={load} />
      <ScopedMetrics of={{ channel: channel.name }} />
      <div class="channel-lower">
        <ChannelFunctions channel={channel.name} functions={load.functions} />
        <div class="channel-side">
          <ChannelNodes nodes={load.nodes} />
          {load.changes !== null && <ChannelChanges changes={load.changes} />}
        </div>
      </div>
    </>
  );
}

function Heading({ name, channel }: { name: string; channel: ChannelView | undefined }) {
  const { t } = useTexts();
  return (
    <span class="channel-heading">
      <a class="channel-up" href="channels">
        {t('page.channels')}
      </a>
      <span class="faint" aria-hidden="true">
        /
      </span>
      <span class="channel-name">{name}</span>
      {channel !== undefined && (
        <span class="channel-rules">
          <Rules channel={channel} />
        </span>
      )}
    </span>
  );
}

function Buttons({
  name,
  channel,
  actions,
  edit,
}: {
  name: string;
  channel: ChannelView | undefined;
  actions: ChannelActions;
  edit: () => void;
}) {
  const app = useApp();
  const { t } = useTexts();
  return (
    <>
      {channel !== undefined && app.may('channels') && (
        <>
          <Button icon={channel.paused ? 'play' : 'pause'} onClick={() => void actions.toggle(channel)}>
            {t(channel.paused ? 'functions.resume' : 'functions.pause')}
          </Button>
          <Button icon="edit" onClick={edit}>
            {t('functions.edit')}
          </Button>
        </>
      )}
      <a class="button button-plain button-m" href={pathTo('jobs', { channel: name })}>
        {t('channel.jobs')}
      </a>
    </>
  );
}
