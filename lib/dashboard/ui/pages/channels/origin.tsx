import type { ChannelProperties, ChannelView } from '../../../api/channels.api.js';
import { useTexts } from '../../app/app-context.js';
import { Badge } from '../../components/badge.js';

export const PROPERTIES = [
  'capacity',
  'sequential',
  'throttle',
  'rate',
  'fair',
  'paused',
  'removalInterval',
] as const satisfies readonly (keyof ChannelProperties)[];

/** What a channel has where nobody says anything. */
const PLAIN: ChannelProperties = {
  capacity: null,
  sequential: false,
  throttle: null,
  rate: null,
  fair: false,
  paused: false,
  removalInterval: null,
};

/** Who says how the channel is: the code, somebody here, or nobody. */
export function Origin({ channel }: { channel: ChannelView }) {
  const { t } = useTexts();
  const show = usePropertyText();
  const { configured, changed } = channel;
  const changes = PROPERTIES.filter((property) => property in changed);
  if (changes.length === 0) {
    return configured === null ? (
      <span class="faint" data-tip={t('channels.onUseHint')}>
        {t('channels.onUse')}
      </span>
    ) : (
      <span class="muted">{t('channels.code')}</span>
    );
  }
  return (
    <span class="channels-origin">
      <Badge tone="accent">{t('channels.changed')}</Badge>
      {changes.map((property) => (
        <span key={property} class="channels-change">
          {t(`channels.${property}`)}: {show(property, channel[property])}
          <span class="faint">
            {t('channels.inCode', { value: show(property, inCode(channel, property)) })}
          </span>
        </span>
      ))}
    </span>
  );
}

/** What it would be without the change. */
export function inCode<P extends keyof ChannelProperties>(
  { configured }: ChannelView,
  property: P,
): ChannelProperties[P] {
  return (configured ?? {})[property] ?? PLAIN[property];
}

/** A value as a person says it. */
export function usePropertyText() {
  const { t, format } = useTexts();
  return (property: keyof ChannelProperties, value: ChannelProperties[keyof ChannelProperties]): string => {
    if (typeof value === 'boolean') {
      return value ? t('channels.yes') : t('channels.no');
    }
    if (value === null) {
      return property === 'capacity'
        ? t('common.unlimited')
        : property === 'removalInterval'
          ? t('channels.asModule')
          : t('common.none');
    }
    if (typeof value === 'object') {
      return t('channels.rated', { limit: format.number(value.limit), time: format.duration(value.per) });
    }
    return property === 'capacity'
      ? format.number(value)
      : format.duration(property === 'removalInterval' ? value / 1_000 : value);
  };
}
