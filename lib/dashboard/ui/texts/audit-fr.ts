import type { Texts } from './en.js';
import type { auditEn } from './audit-en.js';

/** Le journal d’audit en phrases. */
export const auditFr: Pick<Texts, keyof typeof auditEn> = {
  'audit.failed': 'échec',
  'audit.said.jobs.run': {
    one: '{actor} a lancé {n} tâche : {target}',
    other: '{actor} a lancé {n} tâches : {target}',
  },
  'audit.said.jobs.requeue': {
    one: '{actor} a relancé {n} tâche : {target}',
    other: '{actor} a relancé {n} tâches : {target}',
  },
  'audit.said.jobs.update': {
    one: '{actor} a changé {n} tâche : {target}',
    other: '{actor} a changé {n} tâches : {target}',
  },
  'audit.said.jobs.cancel': {
    one: '{actor} a annulé {n} tâche : {target}',
    other: '{actor} a annulé {n} tâches : {target}',
  },
  'audit.said.jobs.done': {
    one: '{actor} a marqué {n} tâche terminée : {target}',
    other: '{actor} a marqué {n} tâches terminées : {target}',
  },
  'audit.said.jobs.delete': {
    one: '{actor} a supprimé {n} tâche : {target}',
    other: '{actor} a supprimé {n} tâches : {target}',
  },
  'audit.said.channels.change': '{actor} a changé le canal {target}',
  'audit.said.channels.pause': '{actor} a mis en pause le canal {target}',
  'audit.said.channels.resume': '{actor} a repris le canal {target}',
  'audit.said.channels.reset': '{actor} a rendu au code le canal {target}',
  'audit.said.functions.change': '{actor} a changé la fonction {target}',
  'audit.said.functions.pause': '{actor} a mis en pause la fonction {target}',
  'audit.said.functions.resume': '{actor} a repris la fonction {target}',
  'audit.said.functions.reset': '{actor} a rendu au code la fonction {target}',
  'audit.said.schedules.change': '{actor} a changé la planification {target}',
  'audit.said.schedules.run': '{actor} a lancé la planification {target}',
  'audit.said.schedules.pause': '{actor} a mis en pause la planification {target}',
  'audit.said.schedules.resume': '{actor} a repris la planification {target}',
  'audit.said.schedules.remove': '{actor} a supprimé la planification {target}',
  'audit.said.nodes.drain': '{actor} a vidé le nœud {target}',
  'audit.said.nodes.resume': '{actor} a repris le nœud {target}',
  'audit.said.nodes.stop': '{actor} a arrêté le nœud {target}',
  'audit.said.failures.mute': '{actor} a mis en sourdine les échecs {target}',
  'audit.said.failures.unmute': '{actor} a rétabli les échecs {target}',
  'audit.said.other': '{actor} : {action} {target}',
};
