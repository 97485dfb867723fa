import type { Tables } from '../../../connection/tables.js';
import { batchCheck } from './batch-check.js';
import { batchFire } from './batch-fire.js';
import { batchCancel } from './batch-cancel.js';
import { batchClose } from './batch-close.js';
import { batchEnter } from './batch-enter.js';
import { callKeyed } from './call-keyed.js';
import { cancelChildren } from './cancel-children.js';
import { cancelStranded } from './cancel-stranded.js';
import { ensureChannels } from './ensure-channels.js';
import { updateLimiting } from './update-limiting-channels.js';
import { claim } from './claim.js';
import { endAttempts } from './end-attempts.js';
import { writeEndedAttempts } from './write-ended-attempts.js';
import { enqueue } from './enqueue.js';
import { escapeTypes } from './escape-types.js';
import { formatValue } from './format-value.js';
import { readMoment } from './read-moment.js';
import { readSeconds } from './read-seconds.js';
import { refuse } from './refuse.js';
import { wrongValue } from './wrong-value.js';
import { expire } from './expire.js';
import { followUp } from './follow-up.js';
import { explain } from './explain.js';
import { finishTransactional } from './finish-transactional.js';
import { holdChannel } from './hold-channel.js';
import { insertClaimed } from './insert-claimed.js';
import { breakdown } from './breakdown.js';
import { counts } from './counts.js';
import { waiting } from './waiting.js';
import { readyHeads } from './low-water.js';
import { heartbeat } from './heartbeat.js';
import { heldJobs } from './held-jobs.js';
import { leave } from './leave.js';
import { pruneChannels } from './prune-channels.js';
import { restartStarts } from './rates.js';
import { resync } from './resync.js';
import { retire } from './retire.js';
import { parentsFailed } from './parents-failed.js';
import { release } from './release.js';
import { giveBack } from './give-back.js';
import { rescue } from './rescue.js';
import { rescueOrphans } from './rescue-orphans.js';
import { reportFailures } from './report-failures.js';
import { retakeKey } from './retake-key.js';
import { sample } from './sample.js';
import { settle } from './settle.js';
import { cancel } from './cancel.js';
import { remove } from './delete.js';
import { postpone } from './postpone.js';
import { requeue } from './requeue.js';
import { setDone } from './set-done.js';
import { storeTicks } from './store-ticks.js';
import { served } from './served.js';
import { turns } from './turns.js';

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
    reportFailures,
    parentsFailed,
    writeEndedAttempts,
    endAttempts,
    settle,
    turns,
    served,
    readyHeads,
    claim,
    insertClaimed,
    finishTransactional,
    heldJobs,
    restartStarts,
    resync,
    heartbeat,
    retire,
    leave,
    giveBack,
    rescue,
    rescueOrphans,
    updateLimiting,
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
    explain,
    expire,
    callKeyed,
    holdChannel,
    pruneChannels,
    refuse,
    formatValue,
    wrongValue,
    readMoment,
    readSeconds,
    escapeTypes,
    enqueue,
  ].map((statement) => statement(t));
