import type { ChannelLoad, ChannelView } from '../../../api/channels.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { StateIcon } from '../../components/badge.js';
import { Stat } from '../../components/card.js';

/** Whether the channel keeps up. */
export function ChannelStats({ channel, load }: { channel: ChannelView; load: ChannelLoad }) {
  const { t, format } = useTexts();
  const { name, capacity, running, waiting, failed } = channel;
  const time = (seconds: number | null) => (seconds === null ? '–' : format.duration(seconds));
  const states = [
    ['waiting', 'pending', 'pending,enqueued', waiting, undefined],
    [
      'running',
      'started',
      'started',
      running,
      capacity === null
        ? t('channel.noLimit')
        : t('channel.full', { share: format.percent(capacity === 0 ? 1 : running / capacity) }),
    ],
    ['failed', 'failed', 'failed', failed, undefined],
  ] as const;
  return (
    <div class="channel-stats">
      {states.map(([of, icon, state, count, hint]) => (
        <Stat
          key={of}
          href={pathTo('jobs', { state, channel: name })}
          label={
            <>
              <StateIcon state={icon} size={14} />
              {t(`functions.${of}`)}
            </>
          }
          value={
            of === 'running' && capacity !== null
              ? `${format.compact(count)} / ${format.compact(capacity)}`
              : format.compact(count)
          }
          hint={hint}
        />
      ))}
      <Stat
        label={t('channel.oldest')}
        value={load.oldest === null ? '–' : format.duration(load.oldest.seconds)}
        {...(load.oldest !== null && { href: `jobs/${load.oldest.uuid}` })}
      />
      <Stat
        label={t('channel.wait')}
        value={
          <span class="channel-waits">
            {time(load.wait.p50)} / {time(load.wait.p95)} / {time(load.wait.p99)}
          </span>
        }
        hint={t('channel.waitHint')}
      />
      <Stat
        label={t('channel.rate')}
        value={t('channel.perMinute', { n: format.compact(load.perMinute) })}
        hint={t('channel.ended', { n: load.ended })}
      />
      <Stat
        label={t('channel.empty')}
        value={load.secondsToEmpty === null ? t('channel.never') : format.duration(load.secondsToEmpty)}
        hint={t('channel.emptyHint')}
      />
    </div>
  );
}
