/** Numbers, times and spans as a reader of the language writes them. */
export class Format {
  readonly #number: Intl.NumberFormat;
  readonly #compact: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #exact: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;

  /** English is read well without a space (`3m ago`), other languages are not. */
  readonly #style: 'narrow' | 'short';

  /** @param timeZone Such as `UTC`; undefined: that of the browser. */
  constructor(
    readonly locale: string,
    private readonly timeZone?: string,
  ) {
    const zone = timeZone === undefined ? {} : { timeZone };
    this.#style = locale.startsWith('en') ? 'narrow' : 'short';
    this.#number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    this.#compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
    this.#relative = new Intl.RelativeTimeFormat(locale, { style: this.#style, numeric: 'auto' });
    this.#exact = new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: timeZone === undefined ? 'medium' : 'long',
      ...zone,
    });
    this.#clock = new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      ...zone,
    });
  }

  number = (value: number): string => this.#number.format(value);
  compact = (value: number): string => this.#compact.format(value);
  percent = (value: number): string => this.#percent.format(value);
  /** Of a date as ISO 8601. */
  exact = (date: string): string => this.#exact.format(new Date(date));
  clock = (date: string): string => this.#clock.format(new Date(date));
  date = (millis: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(this.locale, {
      ...options,
      ...(this.timeZone !== undefined && { timeZone: this.timeZone }),
    }).format(millis);

  /** `3 min ago`, `in 2 h`; now within two seconds. */
  ago(date: string, now: number): string {
    const seconds = (Date.parse(date) - now) / 1_000;
    const [size, unit] = stepOf(Math.abs(seconds));
    return this.#relative.format(Math.abs(seconds) < 2 ? 0 : Math.trunc(seconds / size), unit);
  }

  /** Of seconds: `12ms`, `1.2s`, `3m 20s`, `2h 5m`, `4d 3h`. */
  duration(seconds: number): string {
    if (seconds < 1) {
      return this.#unit(Math.round(seconds * 1_000), 'millisecond');
    }
    if (seconds < 60) {
      return this.#unit(Number(seconds.toPrecision(seconds < 10 ? 2 : 3)), 'second');
    }
    const [big, small, size] =
      seconds < 3_600
        ? (['minute', 'second', 60] as const)
        : seconds < 86_400
          ? (['hour', 'minute', 3_600] as const)
          : (['day', 'hour', 86_400] as const);
    const whole = Math.floor(seconds / size);
    const rest = Math.floor((seconds - whole * size) / (size === 60 ? 1 : size === 3_600 ? 60 : 3_600));
    return rest === 0 ? this.#unit(whole, big) : `${this.#unit(whole, big)} ${this.#unit(rest, small)}`;
  }

  /** Of seconds, in words, for a round one: `15 minutes`, `7 days`. */
  span(seconds: number): string {
    const [size, unit] = stepOf(seconds);
    return new Intl.NumberFormat(this.locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
      seconds / size,
    );
  }

  /** What a unit is called, for many of it: `hours`. */
  unitName(unit: 'second' | 'minute' | 'hour' | 'day'): string {
    const format = new Intl.NumberFormat(this.locale, { style: 'unit', unit, unitDisplay: 'long' });
    return format.formatToParts(2).find(({ type }) => type === 'unit')?.value ?? unit;
  }

  bytes(value: number): string {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
    const power = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, value)) / Math.log(1_000)));
    return new Intl.NumberFormat(this.locale, {
      style: 'unit',
      unit: units[power] ?? 'byte',
      unitDisplay: power === 0 ? 'long' : 'short',
      maximumFractionDigits: 1,
    }).format(value / 1_000 ** power);
  }

  #unit(value: number, unit: string): string {
    return new Intl.NumberFormat(this.locale, {
      style: 'unit',
      unit,
      unitDisplay: this.#style,
      maximumFractionDigits: 1,
    }).format(value);
  }
}

function stepOf(seconds: number): readonly [number, Intl.RelativeTimeFormatUnit] {
  const steps = [
    [86_400 * 365, 'year'],
    [86_400 * 30, 'month'],
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const;
  return steps.find(([size]) => seconds >= size) ?? [1, 'second'];
}
