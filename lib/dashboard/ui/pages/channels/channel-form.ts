import type { ChannelProperties } from '../../../api/channels.api.js';

/** As it is typed; an empty text is null. */
export interface ChannelForm {
  readonly capacity: string;
  readonly sequential: boolean;
  readonly throttle: string;
  /** Starts and seconds: `100/60`. */
  readonly rate: string;
  readonly fair: boolean;
  readonly paused: boolean;
  /** In `unit`. */
  readonly removal: string;
  readonly unit: Unit;
}

export const UNITS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type Unit = keyof typeof UNITS;

export type FormErrors = Readonly<
  Partial<Record<keyof ChannelProperties, 'wholeNumber' | 'number' | 'rate'>>
>;

export function formOf(channel: ChannelProperties): ChannelForm {
  const { removalInterval, capacity, throttle, rate, sequential, fair, paused } = channel;
  const unit =
    removalInterval === null
      ? 'day'
      : ((['day', 'hour', 'minute'] as const).find((one) => removalInterval % UNITS[one] === 0) ?? 'second');
  return {
    capacity: textOf(capacity),
    sequential,
    throttle: textOf(throttle),
    rate: rate === null ? '' : `${rate.limit}/${rate.per}`,
    fair,
    paused,
    removal: textOf(removalInterval === null ? null : removalInterval / UNITS[unit]),
    unit,
  };
}

/** Only what differs from the channel: what nobody touched stays with the code. */
export function changesOf(
  form: ChannelForm,
  channel: ChannelProperties,
): { readonly changes: Partial<ChannelProperties>; readonly errors: FormErrors } {
  const capacity = wholeOf(form.capacity);
  const throttle = numberOf(form.throttle);
  const rate = rateOf(form.rate);
  const removal = numberOf(form.removal);
  const errors: FormErrors = {
    ...(capacity === undefined && { capacity: 'wholeNumber' }),
    ...(throttle === undefined && { throttle: 'number' }),
    ...(rate === undefined && { rate: 'rate' }),
    ...(removal === undefined && { removalInterval: 'number' }),
  };
  const wanted = {
    sequential: form.sequential,
    fair: form.fair,
    paused: form.paused,
    ...(capacity !== undefined && { capacity }),
    ...(throttle !== undefined && { throttle }),
    ...(rate !== undefined && { rate }),
    ...(removal !== undefined && {
      removalInterval: removal === null ? null : Math.round(removal * UNITS[form.unit]),
    }),
  };
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(
      ([key, value]) => JSON.stringify(channel[key as keyof ChannelProperties]) !== JSON.stringify(value),
    ),
  );
  return { changes, errors };
}

function textOf(value: number | null): string {
  return value === null ? '' : String(value);
}

/** Null where nothing stands there, undefined where it isn't a number of at least 0. A comma is a point in French. */
function numberOf(text: string): number | null | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') {
    return null;
  }
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function rateOf(text: string): ChannelProperties['rate'] | undefined {
  if (text.trim() === '') return null;
  const [limit = '', per = '', ...more] = text.split('/');
  const rate = { limit: wholeOf(limit), per: numberOf(per) };
  return more.length === 0 && typeof rate.limit === 'number' && typeof rate.per === 'number'
    ? { limit: rate.limit, per: rate.per }
    : undefined;
}

function wholeOf(text: string): number | null | undefined {
  const value = numberOf(text);
  return typeof value === 'number' && !Number.isSafeInteger(value) ? undefined : value;
}
