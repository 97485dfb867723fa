import { useMemo, useRef, useState } from 'preact/hooks';
import type { ChannelView } from '../../../api/channels.api.js';
import { useApp } from '../../app/app-context.js';
import { useEvery } from '../../app/every.js';
import type { ProblemError } from '../../app/problem-error.js';
import { useResource } from '../../app/resource.js';
import { type ChannelActions, type Changes, useChannelActions } from './use-channel-actions.js';

export interface Channels extends ChannelActions {
  /** As they are, or will be once the server has said yes to what is under way. */
  readonly shown: readonly ChannelView[] | undefined;
  readonly error: ProblemError | undefined;
  readonly reload: () => void;
}

/** @param search What the names contain. */
export function useChannels(search: string, limit: number): Channels {
  const { api } = useApp();
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
  return { shown, error, reload, ...useChannelActions(change, put) };
}
