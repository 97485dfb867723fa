import type { Tables } from '../../../connection/tables.js';
import { batchCheck } from './batch-check.js';
import { batchFire } from './batch-fire.js';
import { batchCancel, batchClose, batchEnter } from './batch-members.js';
import { cancelChildren, cancelStranded } from './cancel-children.js';
import { ensureChannels, regate } from './channels.js';
import { claim } from './claim.js';
import { end, writeEnds } from './end-attempts.js';
import { followUp } from './follow-up.js';
import { finish } from './finish-transactional.js';
import { handOver } from './insert-claimed.js';
import { breakdown, counts, waiting } from './overview.js';
import { readyChannels } from './low-water.js';
import { holdings, leave, reap, resync, retire, tick } from './node.js';
import { release } from './release.js';
import { retakeKey } from './retake-key.js';
import { sample } from './sample.js';
import { settle } from './settle.js';
import { cancel, postpone, remove, requeue, setDone } from './job-actions.js';
import { storeTicks } from './store-ticks.js';
import { served, turns } from './turns.js';

/**
 * The functions in the database, in the order in which they are made. Each carries the number of its version in its
 * name: a change that an older node couldn't live with gets a new name, so that both run side by side.
 */
export const functions = (t: Tables): readonly string[] =>
  [
    retakeKey,
    batchFire,
    batchCheck,
    batchEnter,
    batchClose,
    release,
    cancelStranded,
    cancelChildren,
    writeEnds,
    end,
    settle,
    turns,
    served,
    readyChannels,
    claim,
    handOver,
    finish,
    holdings,
    resync,
    tick,
    retire,
    leave,
    reap,
    regate,
    ensureChannels,
    cancel,
    batchCancel,
    followUp,
    requeue,
    setDone,
    remove,
    postpone,
    storeTicks,
    sample,
    counts,
    waiting,
    breakdown,
  ].map((statement) => statement(t));
