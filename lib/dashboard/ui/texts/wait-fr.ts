import type { Texts } from './en.js';
import type { waitEn } from './wait-en.js';

/** Pourquoi une tâche attend. */
export const waitFr: Pick<Texts, keyof typeof waitEn> = {
  'wait.title': 'Pourquoi elle attend',
  'wait.next': 'Elle part la prochaine, dès qu’un nœud a une place.',
  'wait.turn': {
    one: 'Rien ne la retient : {n} tâche part avant elle.',
    other: 'Rien ne la retient : {n} tâches partent avant elle.',
  },
  'wait.eta': 'Elle est planifiée pour le {time}.',
  'wait.retry': 'Sa dernière tentative a échoué. Nouvelle tentative le {time}.',
  'wait.retryAfter': 'Sa dernière tentative a échoué : {error}. Nouvelle tentative le {time}.',
  'wait.parents': {
    one: 'Elle attend {n} tâche qui n’est pas terminée.',
    other: 'Elle attend {n} tâches qui ne sont pas terminées.',
  },
  'wait.parentsFailed': {
    one: 'Elle attend {n} tâche, car celle-ci a échoué :',
    other: 'Elle attend {n} tâches, car celle-ci a échoué :',
  },
  'wait.paused': 'Le canal {channel} est en pause.',
  'wait.pausedBy': 'Le canal {channel} a été mis en pause par {by} le {time}.',
  'wait.full': {
    one: 'Le canal {channel} est plein : {running} en cours, {n} avant celle-ci.',
    other: 'Le canal {channel} est plein : {running} en cours, {n} avant celle-ci.',
  },
  'wait.throttle': 'Le canal {channel} limite le rythme des départs.',
  'wait.throttleUntil': 'Le canal {channel} limite le rythme des départs : pas avant le {time}.',
  'wait.sequential': 'Le canal {channel} suit l’ordre, et cette tâche passe avant :',
  'wait.noNode': 'Aucun nœud vivant n’exécute de tâches.',
  'wait.unknownName': 'Aucun nœud vivant n’a cette fonction.',
  'wait.unserved': 'Aucun nœud vivant ne sert le canal {channel}.',
  'wait.claimed': 'Un nœud l’a prise et la démarre dans un instant.',
  'wait.other': 'Une autre règle la retient : {kind}.',
  'wait.position': 'Position {position}',
  'wait.far': { one: 'Derrière plus de {n} tâche', other: 'Derrière plus de {n} tâches' },
  'wait.startsIn': 'départ dans environ {time}',
  'wait.toChannel': 'Ouvrir le canal',
  'wait.toNodes': 'Ouvrir les nœuds',
  'wait.short.paused': 'canal en pause',
  'wait.short.full': 'canal plein',
  'wait.short.throttle': 'rythme limité',
  'wait.short.rate': 'débit limité',
  'wait.short.sequential': 'dans l’ordre',
  'wait.short.noNode': 'aucun nœud',
  'wait.short.unknownName': 'fonction inconnue',
  'wait.short.unserved': 'non servi',
  'wait.short.parents': 'une tâche requise a échoué',
};
