import type { changesEn } from './changes-en.js';
import type { Texts } from './en.js';

/** As changes-en.ts has them. */
export const changesFr: Pick<Texts, keyof typeof changesEn> = {
  'action.update': 'Modifier…',
  'act.ask.update': { one: 'Modifier {n} tâche', other: 'Modifier {n} tâches' },
  'act.about.update':
    'Ce que vous laissez vide ne change pas. Les tâches en cours ou finies restent telles quelles.',
  'act.yes.update': { one: 'Modifier {n} tâche', other: 'Modifier {n} tâches' },
  'act.doing.update': 'Modification…',
  'act.changed.update': { one: '{n} tâche modifiée', other: '{n} tâches modifiées' },
  'act.set.postpone': 'Reporter de',
  'act.set.postponeHint':
    'La tâche ne commence pas avant ce délai. Les tâches en échec restent telles quelles.',
  'act.set.unit': 'Unité de temps',
  'act.set.priority': 'Priorité',
  'act.set.priorityHint': 'Les plus petits nombres passent d’abord. Actuellement : {value}.',
  'act.set.channel': 'Déplacer vers le canal',
  'act.set.channelHint': 'Un canal qui n’existe pas encore est créé. Actuellement : {value}.',
  'act.set.several': 'plusieurs',
  'act.set.wrongNumber': 'Indiquez un nombre supérieur à 0',
  'act.set.wrongPriority': 'Indiquez un nombre entier de 0 à 2 147 483 647',
  'functions.paused': 'En pause',
  'functions.pausedBy': 'par {actor}',
  'functions.pause': 'Mettre en pause',
  'functions.resume': 'Reprendre',
  'functions.pauseTitle': 'Mettre {name} en pause ?',
  'functions.pauseBody': {
    one: '{n} tâche de cette fonction attend. Aucune ne commencera avant la reprise, sur aucun nœud ; celles en cours continuent.',
    other:
      '{n} tâches de cette fonction attendent. Aucune ne commencera avant la reprise, sur aucun nœud ; celles en cours continuent.',
  },
  'functions.pausedNow': '{name} est en pause',
  'functions.resumedNow': '{name} a repris',
};
