import type { JobSettings } from '../../api/actions.api.js';

/** Units in which a job is postponed, and how the server reads them. */
export const POSTPONE_UNITS = ['minute', 'hour', 'day'] as const;
export type PostponeUnit = (typeof POSTPONE_UNITS)[number];

/** What is to be changed of jobs, as it is typed; an empty text leaves it. */
export interface SettingsForm {
  readonly amount: string;
  readonly unit: PostponeUnit;
  readonly priority: string;
  readonly channel: string;
}

export const EMPTY_SETTINGS: SettingsForm = { amount: '', unit: 'hour', priority: '', channel: '' };

export type SettingsErrors = Readonly<
  Partial<Record<keyof JobSettings, 'act.set.wrongNumber' | 'act.set.wrongPriority'>>
>;

const MOST_PRIORITY = 2_147_483_647;

/** @returns null for `set` while there is nothing to change, or something is wrong */
export function settingsOf(form: SettingsForm): {
  readonly set: JobSettings | null;
  readonly errors: SettingsErrors;
} {
  // A comma is a point in French.
  const amount = form.amount.trim().replace(',', '.');
  const priority = form.priority.trim();
  const channel = form.channel.trim();
  const errors: SettingsErrors = {
    ...(amount !== '' &&
      !(/^\d+(\.\d+)?$/.test(amount) && Number(amount) > 0) && { eta: 'act.set.wrongNumber' }),
    ...(priority !== '' &&
      !(/^\d+$/.test(priority) && Number(priority) <= MOST_PRIORITY) && {
        priority: 'act.set.wrongPriority',
      }),
  };
  const set: JobSettings = {
    ...(amount !== '' && { eta: `${amount} ${form.unit}s` }),
    ...(priority !== '' && { priority: Number(priority) }),
    ...(channel !== '' && { channel }),
  };
  const usable = Object.keys(errors).length === 0 && Object.keys(set).length > 0;
  return { set: usable ? set : null, errors };
}
