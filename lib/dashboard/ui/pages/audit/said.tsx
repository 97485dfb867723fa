import type { AuditEntry } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { Badge } from '../../components/badge.js';
import { Target } from './target.js';

const JOBS = ['run', 'requeue', 'update', 'cancel', 'done', 'delete'] as const;
const OTHERS = [
  'channels.change',
  'channels.pause',
  'channels.resume',
  'channels.reset',
  'functions.change',
  'functions.pause',
  'functions.resume',
  'functions.reset',
  'schedules.change',
  'schedules.run',
  'schedules.pause',
  'schedules.resume',
  'schedules.remove',
  'nodes.drain',
  'nodes.resume',
  'nodes.stop',
  'failures.mute',
  'failures.unmute',
] as const;
/** Where the object goes in a sentence. */
const HERE = '\u0000';

/** An entry as a sentence: who did what to which object, a link to it, and whether it went wrong. */
export function Said({ entry }: { entry: AuditEntry }) {
  const { t } = useTexts();
  const { actor, details } = entry;
  const action = spoken(entry);
  const job = JOBS.find((one) => action === `jobs.${one}`);
  const other = OTHERS.find((one) => one === action);
  const values = { actor, target: HERE };
  const sentence =
    job !== undefined
      ? t(`audit.said.jobs.${job}`, { ...values, n: changedOf(details) })
      : other === undefined
        ? t('audit.said.other', { ...values, action })
        : t(`audit.said.${other}`, values);
  const [before = '', after = ''] = sentence.split(HERE);
  return (
    <span class="audit-said">
      {before}
      <Target entry={entry} />
      {after}
      {typeof details['error'] === 'string' && <Badge tone="failed">{t('audit.failed')}</Badge>}
    </span>
  );
}

/** A change that does nothing but pause is called so. */
function spoken({ action, details }: AuditEntry): string {
  if (action !== 'channels.change') {
    return OTHERS.some((one) => one === action) || !action.startsWith('schedules.')
      ? action
      : 'schedules.change';
  }
  const change = (details['change'] ?? {}) as Readonly<Record<string, unknown>>;
  const only = Object.keys(change).length === 1;
  return only && change['paused'] === true
    ? 'channels.pause'
    : only && change['paused'] === false
      ? 'channels.resume'
      : action;
}

/** How many jobs it has changed, as far as it is written. */
function changedOf(details: AuditEntry['details']): number {
  const given = [details['changed'], details['total']].find((one) => typeof one === 'number');
  return typeof given === 'number' ? given : 1;
}
