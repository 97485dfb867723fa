import { useMemo, useRef, useState } from 'preact/hooks';
import type { ChannelProperties, ChannelView } from '../../../api/channels.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useEvery } from '../../app/every.js';
import type { ProblemError } from '../../app/problem-error.js';
import { useResource } from '../../app/resource.js';

type Changes = Partial<ChannelProperties>;

export interface Channels {
  /** As they are, or will be once the server has said yes to what is under way. */
  readonly shown: readonly ChannelView[] | undefined;
  readonly error: ProblemError | undefined;
  readonly reload: () => void;
  /** Pauses, after a question, or resumes; a refusal is shown, and takes it back. */
  readonly toggle: (channel: ChannelView) => Promise<void>;
  /** To pause is asked first: false where the answer is no. Throws what the server says against it. */
  readonly change: (channel: ChannelView, changes: Changes) => Promise<boolean>;
  /** Back to what the code says, after a question. Answers whether it was done. */
  readonly reset: (channel: ChannelView) => Promise<boolean>;
}

/** @param search What the names contain. */
export function useChannels(search: string, limit: number): Channels {
  const { api, toasts, dialogs } = useApp();
  const { t } = useTexts();
  const { data, error, loading, reload, replace } = useResource(
    `channels?text=${search}&limit=${limit}`,
    (signal) => api.channels({ text: search, limit: String(limit) }, signal),
    { live: 2_000 },
  );
  useEvery(10_000, () => !loading && reload());
  const latest = useRef(data);
  latest.current = data;
  const [hoped, setHoped] = useState<ReadonlyMap<string, Changes>>(new Map());
  const shown = useMemo(
    () => data?.map((channel) => ({ ...channel, ...hoped.get(channel.name) })),
    [data, hoped],
  );
  /** What was read before the change must not overtake it: so it is read again. */
  const put = (answer: ChannelView) => {
    latest.current = latest.current?.map((one) => (one.name === answer.name ? answer : one));
    if (latest.current !== undefined) {
      replace(latest.current);
    }
    reload();
  };
  const change = async (name: string, changes: Changes) => {
    setHoped((all) => new Map(all).set(name, changes));
    try {
      put(await api.changeChannel(name, changes));
    } finally {
      setHoped((all) => new Map([...all].filter(([key]) => key !== name)));
    }
  };
  const set = async (name: string, paused: boolean, { undo }: { undo: boolean }): Promise<void> => {
    try {
      await change(name, { paused });
      const text = t(paused ? 'channels.pausedNow' : 'channels.resumedNow', { name });
      const back = { label: t('common.undo'), run: () => void set(name, !paused, { undo: false }) };
      toasts.show('good', text, undo ? back : undefined);
    } catch (cause) {
      toasts.show('bad', `${name}: ${(cause as Error).message}`);
    }
  };
  const mayPause = ({ name, waiting }: ChannelView): Promise<boolean> =>
    dialogs.confirm({
      title: t('channels.pauseTitle', { name }),
      body: t('channels.pauseBody', { n: waiting }),
      yes: t('channels.pauseYes'),
    });
  return {
    shown,
    error,
    reload,
    change: async (channel, changes) => {
      if (changes.paused === true && !(await mayPause(channel))) {
        return false;
      }
      await change(channel.name, changes);
      return true;
    },
    toggle: async (channel) => {
      const { name, paused } = channel;
      if (paused || (await mayPause(channel))) {
        await set(name, !paused, { undo: true });
      }
    },
    reset: async ({ name }) => {
      const title = t('channels.resetTitle');
      if (!(await dialogs.confirm({ title, body: name, yes: t('channels.backToCode') }))) {
        return false;
      }
      try {
        put(await api.resetChannel(name));
        toasts.show('good', t('channels.resetDone', { name }));
        return true;
      } catch (cause) {
        toasts.show('bad', `${name}: ${(cause as Error).message}`);
        return false;
      }
    },
  };
}
