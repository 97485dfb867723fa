// Every guard that keeps a promise, how it is taken out, and the tests that must notice: files, and with `name` those tests
// of them alone. A text that is replaced must be in its file exactly once.
const FUNCTIONS = 'lib/store/schema/v1/functions';
const PROTOCOL = 'test/integration/protocol/claim-protocol.spec.ts';
const HAND_OVER = 'test/integration/calls/local-dispatch.spec.ts';
const TICKS = 'test/integration/schedules/store-ticks.spec.ts';
const SCHEDULE_RACES = 'test/integration/schedules/races.spec.ts';
const FLEET = 'test/integration/nodes/fleet.spec.ts';
const RESPONDER = 'test/unit/runner/claiming/responder.spec.ts';
const BATCHES = 'test/integration/batches/races.spec.ts';

export const GUARDS = [
  {
    guard: 'A death counts only for a job that had begun',
    edits: [[`${FUNCTIONS}/give-back.ts`, "WHEN j.state = 'started' THEN 'begun'", "WHEN true THEN 'begun'"]],
    tests: [PROTOCOL],
    name: 'counts a death for what had begun',
  },
  {
    guard: 'The report of a failure has none of its own',
    edits: [[`${FUNCTIONS}/report-failures.ts`, ' AND j.failure_of IS NULL', '']],
    tests: ['test/integration/execution/on-failed.spec.ts'],
    name: 'has none of its own',
  },
  {
    guard: 'A failure is reported by what the node had registered that had the job',
    edits: [
      [`${FUNCTIONS}/report-failures.ts`, 'SELECT n.on_failed -> j.name FROM', 'SELECT NULL::json FROM'],
    ],
    tests: ['test/integration/execution/on-failed.spec.ts'],
    name: 'a node that did not know the job',
  },
  {
    guard: 'A node that was asked to drain claims nothing',
    edits: [[`${FUNCTIONS}/claim.ts`, 'n.id = p_node AND n.command IS NOT NULL', 'false']],
    tests: ['test/integration/nodes/orders.spec.ts'],
    name: 'holds for every job that is stored afterwards',
  },
  {
    guard: 'The part of the pool that transactional jobs leave free',
    edits: [
      [
        'lib/runner/slots/transactional-slots.ts',
        'this.size - this.running : Infinity',
        'Infinity : Infinity',
      ],
    ],
    tests: ['test/integration/nodes/transactional-pool.spec.ts'],
    name: 'in a small pool',
  },

  {
    guard: 'The lock on the limited channels before their permits are summed',
    edits: [[`${FUNCTIONS}/claim-steps.ts`, 'ORDER BY c.name FOR NO KEY UPDATE;', 'ORDER BY c.name;']],
    tests: [PROTOCOL],
    name: 'sums the permits that are out only after',
  },
  {
    guard: 'Nothing at hand where more is out than a lowered capacity allows',
    edits: [
      [
        `${FUNCTIONS}/claim-steps.ts`,
        ' AND NOT coalesce(o.out > c.capacity, false) AS inherit',
        ' AS inherit',
      ],
    ],
    tests: [PROTOCOL],
    name: 'keeps nothing at hand where more is out',
  },
  {
    guard: 'The shared lock of the configuration in a claim',
    edits: [
      [
        `${FUNCTIONS}/claim.ts`,
        'PERFORM pg_advisory_xact_lock_shared(${t.lockClass}, 0);\n    v_stale',
        'v_stale',
      ],
    ],
    tests: [PROTOCOL],
    name: 'waits for claims under way before it changes',
  },
  {
    guard: 'The exclusive lock of the configuration in a change',
    edits: [
      ['lib/store/channels/channel-store.ts', 'SELECT pg_advisory_xact_lock($1, 0)', 'SELECT $1::integer'],
    ],
    tests: [PROTOCOL],
    name: 'waits for claims under way before it changes',
  },
  {
    guard: 'The version of the configuration in a claim',
    edits: [
      [
        `${FUNCTIONS}/claim.ts`,
        'v_stale := p_version <> (SELECT m.config_version FROM ${t.meta} m);',
        'v_stale := false;',
      ],
    ],
    tests: [PROTOCOL],
    name: 'claims nothing by a tree that has changed',
  },
  {
    guard: 'The fence of a plain end: the node',
    edits: [
      [
        `${FUNCTIONS}/settle.ts`,
        'WHERE j.uuid = e.uuid AND j.node = p_node AND j.retry = e.retry',
        'WHERE j.uuid = e.uuid AND j.retry = e.retry',
      ],
    ],
    tests: [PROTOCOL],
    name: 'fences each kind of end',
  },
  {
    guard: 'The fence of a plain end: the try',
    edits: [
      [
        `${FUNCTIONS}/settle.ts`,
        'WHERE j.uuid = e.uuid AND j.node = p_node AND j.retry = e.retry',
        'WHERE j.uuid = e.uuid AND j.node = p_node',
      ],
    ],
    tests: [PROTOCOL],
    name: 'fences each kind of end',
  },
  {
    guard: 'The fence of other ends: the node',
    edits: [
      [
        `${FUNCTIONS}/write-ended-attempts.ts`,
        "'j.uuid = e.uuid AND j.node = p_node AND j.retry = e.retry'",
        "'j.uuid = e.uuid AND j.retry = e.retry'",
      ],
    ],
    tests: [PROTOCOL],
    name: 'fences each kind of end',
  },
  {
    guard: 'The fence of other ends: the try',
    edits: [
      [
        `${FUNCTIONS}/write-ended-attempts.ts`,
        "'j.uuid = e.uuid AND j.node = p_node AND j.retry = e.retry'",
        "'j.uuid = e.uuid AND j.node = p_node'",
      ],
    ],
    tests: [PROTOCOL],
    name: 'fences each kind of end',
  },
  {
    guard: 'The fence of a transactional end: the node',
    edits: [
      [
        `${FUNCTIONS}/finish-transactional.ts`,
        'j.node = p_node AND j.retry = p_retry FOR UPDATE',
        'j.retry = p_retry FOR UPDATE',
      ],
    ],
    tests: [PROTOCOL],
    name: 'fences each kind of end',
  },
  {
    guard: 'The fence of a transactional end: the try',
    edits: [
      [
        `${FUNCTIONS}/finish-transactional.ts`,
        'j.node = p_node AND j.retry = p_retry FOR UPDATE',
        'j.node = p_node FOR UPDATE',
      ],
    ],
    tests: [PROTOCOL],
    name: 'fences each kind of end',
  },
  {
    guard: 'A cancel during a transactional job keeps it from being done',
    edits: [
      [
        `${FUNCTIONS}/finish-transactional.ts`,
        "IF v_cancel IS NOT NULL THEN RETURN 'cancelled'; END IF;",
        '',
      ],
    ],
    tests: [PROTOCOL],
    name: 'does not let a transactional job be done that somebody has cancelled',
  },
  {
    guard: 'A node that was given up settles nothing',
    edits: [[`${FUNCTIONS}/settle.ts`, 'n.id = p_node AND n.alive AND', 'n.id = p_node AND']],
    tests: [PROTOCOL],
    name: 'refuses a node that was given up',
  },
  {
    guard: 'The fence of round trips that nobody waits for any more (void_round_trips)',
    edits: [
      [`${FUNCTIONS}/settle.ts`, 'AND n.void_round_trips < p_round_trip FOR KEY SHARE', 'FOR KEY SHARE'],
    ],
    tests: [PROTOCOL],
    name: 'does nothing for a round trip that the node no longer waits for',
  },
  {
    guard: 'A lost round trip is waited for before it is void',
    edits: [
      [
        'lib/store/claims/claim-store.ts',
        'WHERE id = $1 FOR UPDATE)',
        'WHERE id = $1 FOR UPDATE SKIP LOCKED)',
      ],
    ],
    tests: [PROTOCOL],
    name: 'waits for a round trip under way before it is forgotten',
  },
  {
    guard: 'The lock on the row of a node before it is given up',
    edits: [
      [
        `${FUNCTIONS}/rescue.ts`,
        'n.id = p_node AND n.alive FOR UPDATE SKIP LOCKED;',
        'n.id = p_node AND n.alive;',
      ],
    ],
    tests: [PROTOCOL],
    name: 'gives a dead node up only after the round trip',
  },
  {
    guard: 'The grace of a session that is gone, where the dead are looked for',
    edits: [
      [
        `${FUNCTIONS}/heartbeat.ts`,
        'n.alive AND n.suspect_since <= clock_timestamp() - p_grace',
        'n.alive AND n.suspect_since <= clock_timestamp() - 0',
      ],
    ],
    tests: [PROTOCOL],
    name: 'the grace, and gives its permits back',
  },
  {
    guard: 'The grace of a session that is gone, where the dead are given up',
    edits: [
      [
        `${FUNCTIONS}/rescue.ts`,
        '\n    AND n.suspect_since <= clock_timestamp() - p_grace',
        '\n    AND n.suspect_since <= clock_timestamp() - 0',
      ],
    ],
    tests: [PROTOCOL],
    name: 'the grace, and gives its permits back',
  },
  {
    guard: 'The session lock is tried once more before a node is given up',
    edits: [
      [
        `${FUNCTIONS}/rescue.ts`,
        'CASE WHEN n.listens THEN pg_try_advisory_xact_lock(${t.lockClass}, n.id) ELSE n.lease_until < clock_timestamp() END',
        'CASE WHEN n.listens THEN true ELSE n.lease_until < clock_timestamp() END',
      ],
    ],
    tests: [PROTOCOL],
    name: 'does not give up a node that has its session again',
  },
  {
    guard: 'The permits of a dead node go with it',
    edits: [
      [
        `${FUNCTIONS}/retire.ts`,
        'DELETE FROM ${t.permit} p WHERE p.node = p_node;\n  IF EXISTS',
        'IF EXISTS',
      ],
    ],
    tests: [PROTOCOL],
    name: 'the grace, and gives its permits back',
  },
  {
    guard: 'The lock on the children before a living parent is looked for',
    edits: [
      [
        `${FUNCTIONS}/release.ts`,
        'WHERE j.uuid = ANY(v_children) ORDER BY j.uuid FOR NO KEY UPDATE;',
        'WHERE j.uuid = ANY(v_children) ORDER BY j.uuid;',
      ],
    ],
    tests: [PROTOCOL],
    name: 'releases a child whose last two parents end at the same moment',
  },
  {
    guard: 'A child is released only where all its parents are done',
    edits: [
      [
        `${FUNCTIONS}/release.ts`,
        ' AND NOT EXISTS (SELECT 1 FROM ${t.dependency} d WHERE d.child = j.uuid AND NOT d.satisfied);',
        ';',
      ],
    ],
    tests: ['test/integration/graphs/cascade.spec.ts'],
    name: 'is cancelled where its other parents are done',
  },
  {
    guard: 'A cancel leaves the job of a node to that node',
    edits: [
      [
        `${FUNCTIONS}/cancel.ts`,
        "DELETE FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) AND j.node IS NULL RETURNING j.*\n  ), kept AS (\n    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})\n    SELECT ${columnList('g', { state: \"'cancelled'\"",
        "DELETE FROM ${t.job} j WHERE j.uuid = ANY(p_uuids) RETURNING j.*\n  ), kept AS (\n    INSERT INTO ${t.history} (${LASTING_COLUMNS.join(', ')})\n    SELECT ${columnList('g', { state: \"'cancelled'\"",
      ],
    ],
    tests: [PROTOCOL],
    name: 'leaves a job to the living node that has it',
  },
  {
    guard: 'A requeue leaves the job of a living node alone',
    edits: [
      [
        `${FUNCTIONS}/requeue.ts`,
        'OR j.node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${t.node} n WHERE n.id = j.node AND n.alive))',
        'OR j.node IS NOT NULL)',
      ],
    ],
    tests: [PROTOCOL],
    name: 'leaves a job to the living node that has it',
  },
  {
    guard: 'The lock on the batches before members that go on are looked for',
    edits: [[`${FUNCTIONS}/batch-check.ts`, 'ORDER BY l.uuid FOR NO KEY UPDATE;', 'ORDER BY l.uuid;']],
    tests: [BATCHES],
  },
  {
    guard: 'Who adds to a batch keeps others from closing it',
    edits: [
      [
        `${FUNCTIONS}/batch-enter.ts`,
        "  PERFORM pg_advisory_xact_lock_shared(${batchLock(t, 'p_uuid')});\n",
        '',
      ],
    ],
    tests: [BATCHES],
  },
  {
    guard: 'Who closes a batch waits for those who add',
    edits: [
      [
        `${FUNCTIONS}/batch-close.ts`,
        "  PERFORM pg_advisory_xact_lock(${batchLock(t, 'p_uuid')});\n  UPDATE",
        '  UPDATE',
      ],
      [
        'lib/enqueue/batch/stored-batch.ts',
        '    await tx.waitFor(async (query) => batches.lock(this.uuid, query));\n',
        '',
      ],
    ],
    tests: [BATCHES],
  },
  {
    guard: 'An end in an old snapshot leaves the release of children and the end of a batch to its follow-up',
    edits: [[`${FUNCTIONS}/finish-transactional.ts`, 'IF ${OLD_SNAPSHOT} AND (', 'IF false AND (']],
    tests: ['test/integration/graphs/isolation.spec.ts', 'test/integration/batches/isolation.spec.ts'],
  },
  {
    guard: 'A follow-up releases nobody where the parent was requeued meanwhile',
    edits: [
      [
        `${FUNCTIONS}/follow-up.ts`,
        "SELECT h.uuid FROM ${t.history} h WHERE h.uuid = ANY(v_done) AND h.state = 'done' ORDER BY h.uuid FOR KEY SHARE",
        'SELECT u FROM unnest(v_done) u',
      ],
    ],
    tests: ['test/integration/graphs/isolation.spec.ts'],
  },
  {
    guard: 'Every node carries out what a process that died has left to be done after its commit',
    edits: [['lib/runner/maintenance/job-rescuer.ts', 'if (tick.followUp) void this.followUp();', '']],
    tests: ['test/integration/graphs/isolation.spec.ts'],
  },
  {
    guard: 'A batch that was closed after the snapshot of a transaction takes no members from that',
    edits: [['lib/store/batches/batch-store.ts', 'if (entered?.old !== true) return', 'return']],
    tests: ['test/integration/batches/isolation.spec.ts'],
  },
  {
    guard: 'A COMMIT that was answered with ROLLBACK is no end of a job',
    edits: [
      ['lib/store/connection/job-transaction.ts', "if (command === 'ROLLBACK') throw notCommitted();", ''],
    ],
    tests: ['test/integration/execution/lost-commits.spec.ts'],
  },
  {
    guard: 'A transaction in which a nested one is open does not commit',
    edits: [['lib/store/connection/job-transaction.ts', 'if (depthOf(runner) > 1) throw nestedOpen();', '']],
    tests: ['test/integration/execution/lost-commits.spec.ts'],
  },
  {
    guard: 'No call is stored in a transaction that has ended since it was made',
    edits: [
      [
        'lib/enqueue/transactions.ts',
        'if (runner.isReleased || epoch?.ended === true || this.epochs.get(runner) !== epoch) throw ended();',
        '',
      ],
    ],
    tests: ['test/integration/calls/ended-transactions.spec.ts'],
  },
  {
    guard: 'A wake during a claim that finds nothing',
    edits: [
      [
        'lib/runner/claiming/claim-demand.ts',
        'request.readySignals !== this.readySignals || (info.more',
        '(info.more',
      ],
    ],
    tests: ['test/unit/runner/claiming/claim-loop.spec.ts'],
  },
  {
    guard: 'A round trip whose answer was lost is made void',
    edits: [['lib/runner/claiming/round-trips.ts', '      this.lost = id;\n', '']],
    tests: ['test/unit/runner/claiming/claim-loop.spec.ts'],
  },
  {
    guard: 'Ends that did not get through are kept',
    edits: [
      [
        'lib/runner/claiming/round-trips.ts',
        'this.pool.settleBuffer.restore(isDataError(error) ? this.isolateBadRow(taken, error) : taken);',
        '',
      ],
    ],
    tests: ['test/unit/runner/claiming/claim-loop.spec.ts'],
  },
  {
    guard: 'The end of a run that somebody else has is not written',
    edits: [['lib/runner/slots/worker-pool.ts', 'if (!attempt.discarded) {', 'if (attempt !== undefined) {']],
    tests: ['test/unit/runner/slots/worker-pool.spec.ts'],
  },
  {
    guard: 'A listener for the errors of each connection',
    edits: [
      ['lib/store/connection/connection.ts', "client.on('error', () => undefined);", ''],
      ['lib/store/connection/connection-pool.ts', "pooled.client.on('error', () => this.broke(pooled));", ''],
    ],
    tests: ['test/integration/nodes/lost-connections.spec.ts'],
  },
  {
    guard: 'A connection that the server does not work on is replaced',
    edits: [
      [
        'lib/store/connection/silence-watch.ts',
        "if (verdict === 'working' || (verdict === 'unknown' && silentFor < LONGEST_MS)) return;",
        'return;',
      ],
    ],
    tests: ['test/integration/nodes/silent-connections.spec.ts'],
  },
  {
    guard: 'A statement that the server works on is waited for',
    edits: [
      [
        'lib/store/connection/silence-watch.ts',
        "if (verdict === 'working' || (verdict === 'unknown' && silentFor < LONGEST_MS)) return;",
        '',
      ],
    ],
    tests: ['test/integration/nodes/slow-server.spec.ts'],
  },
  {
    guard: 'A node whose lock an earlier session still holds is not lost',
    edits: [
      [
        'lib/runner/liveness/session-lock.ts',
        'if (backend === this.backend) this.proven(performance.now());',
        '',
      ],
    ],
    tests: ['test/integration/nodes/slow-server.spec.ts'],
  },
  {
    guard: 'Only the locks of its own database show that a node lives',
    edits: [['lib/store/schema/v1/functions/heartbeat.ts', 'AND k.database = v_database', '']],
    tests: ['test/integration/nodes/copies.spec.ts'],
  },
  {
    guard: 'A pooler in transaction mode is noticed at the start',
    edits: [['lib/runner/liveness/membership.ts', 'listen && !(await database.sharesSessions())', 'listen']],
    tests: ['test/integration/nodes/pooler.spec.ts'],
  },
  {
    guard: 'A change of the channels whose process falls silent lets go of its lock',
    edits: [
      [
        'lib/store/channels/channel-store.ts',
        'SET LOCAL idle_in_transaction_session_timeout',
        'SET LOCAL lock_timeout',
      ],
    ],
    tests: ['test/integration/nodes/lost-connections.spec.ts'],
  },
  {
    guard: 'No marks where jobs go strictly in order',
    edits: [
      [
        `${FUNCTIONS}/low-water.ts`,
        'WHERE NOT EXISTS (SELECT 1 FROM ${t.channel} b WHERE b.name = ANY(c.limiting_channels) AND b.sequential);',
        ';',
      ],
    ],
    tests: ['test/integration/protocol/claim-model.spec.ts'],
    name: 'takes the same jobs with marks',
  },
  {
    guard: 'The claim that looks below the marks',
    edits: [
      [
        'lib/runner/claiming/low-water.ts',
        'if (!this.active || now >= this.sweepAt) return null;',
        'if (!this.active) return null;',
      ],
    ],
    tests: ['test/integration/protocol/old-snapshot.spec.ts'],
  },
  {
    guard: 'The notification that goes alone where it could not go along',
    edits: [
      [
        'lib/enqueue/job-storage.ts',
        'if (ready.length > 0 && !notified) notifier.publishRemote({ jobs: ready });',
        '',
      ],
    ],
    tests: ['test/integration/protocol/notifications.spec.ts'],
    name: 'a call that stores a job',
  },
  {
    guard: 'The one moment at which a claim looks for channels',
    edits: [[`${FUNCTIONS}/low-water.ts`, 'LANGUAGE plpgsql STABLE AS', 'LANGUAGE plpgsql AS']],
    tests: [PROTOCOL],
    name: 'looks for channels with ready jobs at one moment',
  },
  {
    guard: 'The look, before a call takes its job at once, whether another one waits',
    edits: [[`${FUNCTIONS}/insert-claimed.ts`, ' AND count(f.node) = count(*)', '']],
    tests: [HAND_OVER],
    name: 'overtakes nothing that waits',
  },
  {
    guard: 'The limits of the channel in which a call takes its job at once',
    edits: [[`${FUNCTIONS}/insert-claimed.ts`, " AND c.limiting_channels = '{}')", ')']],
    tests: [HAND_OVER],
    name: 'takes nothing below a channel',
  },
  {
    guard: 'The version of the configuration by which a call takes its job at once',
    edits: [
      [`${FUNCTIONS}/insert-claimed.ts`, 'p_version = (SELECT m.config_version FROM ${t.meta} m)', 'true'],
    ],
    tests: [HAND_OVER],
    name: 'takes nothing by channels that have changed',
  },
  {
    guard: 'The shared lock of the configuration where a call takes its job at once',
    edits: [
      [
        `${FUNCTIONS}/insert-claimed.ts`,
        'FOUND AND pg_try_advisory_xact_lock_shared(${t.lockClass}, 0)',
        'FOUND',
      ],
    ],
    tests: [HAND_OVER],
    name: 'waits for nobody: not for a change',
  },
  {
    guard: 'The life of the node for which a call takes its job at once',
    edits: [
      [
        `${FUNCTIONS}/insert-claimed.ts`,
        ' AND n.alive AND n.command IS NULL AND n.void_round_trips < p_round_trip',
        '',
      ],
    ],
    tests: [HAND_OVER],
    name: 'takes nothing for a node that was given up',
  },
  {
    guard: 'The round trip of a call that is made void where its answer was lost',
    edits: [['lib/runner/claiming/claim-loop.ts', 'this.roundTrips.lost = roundTrip;', '']],
    tests: ['test/unit/runner/claiming/claim-loop.spec.ts', HAND_OVER],
    name: 'answer (?:was|is) lost',
  },
  {
    guard: 'The return to work of a node with a new number',
    edits: [
      [
        'lib/runner/node.ts',
        '    // If its session has been away, it is back by that, too.\n    this.commands.reconnected();\n',
        '',
      ],
    ],
    tests: ['test/integration/nodes/nodes.spec.ts'],
    name: 'go on by a new number',
  },
  {
    guard: "The comparison of a schedule's next tick under its lock",
    edits: [[`${FUNCTIONS}/store-ticks.ts`, " AND date_trunc('milliseconds', s.next_tick) = d.tick", '']],
    tests: [TICKS],
    name: 'has moved on, or was changed',
  },
  {
    guard: "The comparison of a schedule's version under its lock",
    edits: [[`${FUNCTIONS}/store-ticks.ts`, 's.version = d.version AND ', '']],
    tests: [TICKS],
    name: 'has moved on, or was changed',
  },
  {
    guard: 'The lock on a schedule whose tick is stored',
    edits: [[`${FUNCTIONS}/store-ticks.ts`, ' FOR NO KEY UPDATE OF s SKIP LOCKED', '']],
    tests: [TICKS],
    name: 'stores a tick once|that somebody has locked',
  },
  {
    guard: 'The look for a job that still waits or runs before a tick with noOverlap',
    edits: [[`${FUNCTIONS}/store-ticks.ts`, ' AND NOT g.schedule = ANY(v_busy)', '']],
    tests: [TICKS],
    name: 'skips ticks with noOverlap',
  },
  {
    guard:
      'The look for the jobs of a removed schedule in a statement of its own, after its ticks have stopped',
    edits: [
      [
        'lib/schedule/schedule.service.ts',
        'if (!(await schedules.halt(name, by))) throw notFound(name);\n      const waiting = await schedules.waiting(name);',
        'const waiting = await schedules.waiting(name);\n      if (!(await schedules.halt(name, by))) throw notFound(name);',
      ],
    ],
    tests: [SCHEDULE_RACES],
    name: 'is removed while a tick',
  },
  {
    guard: 'The short wait of a tick for a key',
    edits: [[`${FUNCTIONS}/store-ticks.ts`, " SET lock_timeout = '20ms'", '']],
    tests: [SCHEDULE_RACES],
    name: 'holds up no other schedule',
  },
  {
    guard: 'The look of a stand-in for jobs that nobody has come for',
    edits: [
      [
        'lib/runner/claiming/responder.ts',
        'this.standIns[place]?.add({ jobs, nodes });',
        'void [place, nodes];',
      ],
    ],
    tests: [FLEET, RESPONDER],
    name: 'comes for a node that has just died|stand-in looks within',
  },
  {
    guard: 'The second stand-in',
    edits: [['lib/runner/claiming/roster.ts', 'const STAND_INS = 2;', 'const STAND_INS = 1;']],
    tests: [FLEET],
    name: 'comes if the first stand-in has died',
  },
  {
    guard: 'A node that has no room has others come',
    edits: [
      [
        'lib/runner/claiming/responder.ts',
        'else if (!plan.everybody) this.passOn(jobs, [me]);',
        'else void jobs;',
      ],
    ],
    tests: [RESPONDER],
    name: 'passes them on if it has no room',
  },
  {
    guard: 'A node without room that is not chosen comes for its next free slot',
    edits: [['lib/runner/claiming/responder.ts', 'if (!hasRoom) this.hooks.claimLater();', '']],
    tests: [FLEET],
    name: 'leaves a job that nobody has room for',
  },
  {
    guard: 'No more nodes come than the jobs need',
    edits: [
      [
        'lib/runner/claiming/roster.ts',
        'if (chosen.size > 0 && slots >= count) break;',
        'void [slots, count];',
      ],
    ],
    tests: [FLEET],
    name: 'cost a job no more statements',
  },
  {
    guard: 'Only nodes that know the job function and serve the channel are counted on',
    edits: [
      [
        'lib/runner/claiming/roster.ts',
        'this.groups.filter((group) => canRun(group, name, channel))',
        'this.groups.filter(() => true)',
      ],
    ],
    tests: [FLEET, 'test/unit/runner/claiming/roster.spec.ts'],
    name: 'nobody counts on them|know the job function',
  },
  {
    guard: 'The others are told of what a full node was counted on for',
    edits: [
      [
        'lib/runner/claiming/responder.ts',
        'this.overflow(Math.min(expected - claimed, 2 * this.slots));',
        'void [expected, claimed];',
      ],
    ],
    tests: [RESPONDER],
    name: 'could not take',
  },
  {
    guard: 'The look at the other nodes although the row that says when it was is held',
    edits: [
      [`${FUNCTIONS}/heartbeat.ts`, "FOUND OR v_watched <= v_now - p_grace * interval '1 second'", 'FOUND'],
    ],
    tests: ['test/integration/nodes/heartbeat-cost.spec.ts'],
    name: 'although somebody holds the row',
  },
  {
    guard: 'A job is prefetched only if this node has a permit at each of its limits',
    edits: [
      [
        `${FUNCTIONS}/claim-steps.ts`,
        'IF g_passed[g] OR (CASE WHEN g_held[g] > 0 THEN NOT g_inherit[g] ELSE g_room[g] <= 0 OR NOT g_book[g] END) THEN',
        'IF g_passed[g] THEN',
      ],
      [
        `${FUNCTIONS}/choose-channels.ts`,
        'v_may_prefetch := v_may_prefetch AND (CASE WHEN l_held[g] THEN l_inherit[g] ELSE l_room[g] > 0 AND l_book[g] END);',
        '',
      ],
    ],
    tests: [PROTOCOL],
    name: 'prefetches nothing below a limit of which it has no permit',
  },
  {
    guard: 'No permit is kept for a prefetched job where starts are counted in time',
    edits: [[`${FUNCTIONS}/prefetch.ts`, 'c.throttle IS NULL AND c.rate_limit IS NULL AND ', '']],
    tests: [PROTOCOL],
    name: 'prefetches nothing below a limit of which it has no permit',
  },
  {
    guard: 'The second job of a sequential channel is not prefetched',
    edits: [[`${FUNCTIONS}/prefetch.ts`, 'NOT (c.sequential OR ', 'NOT (']],
    tests: [PROTOCOL],
    name: 'prefetches the first job of each channel that has room',
  },
  {
    guard: 'Nothing is prefetched behind a job that was passed by in a sequential channel',
    edits: [
      [`${FUNCTIONS}/claim-steps.ts`, 'g_passed[g] := true;\n                  IF v_slots', 'IF v_slots'],
    ],
    tests: [PROTOCOL],
    name: 'prefetches nothing in a sequential channel before',
  },
  {
    guard: 'The permits of prefetched jobs are booked',
    edits: [
      [`${FUNCTIONS}/claim-steps.ts`, 'WHERE q.booked > 0\n            ) b', 'WHERE false\n            ) b'],
    ],
    tests: [PROTOCOL],
    name: 'prefetches the first job of each channel that has room',
  },
  {
    guard: 'What is prefetched has had its turn',
    edits: [[`${FUNCTIONS}/claim-steps.ts`, '(v_picks || v_prefetched)', '(v_picks)']],
    tests: [PROTOCOL],
    name: 'prefetches in turns',
  },
  {
    guard: 'Prefetched jobs of channels that take turns begin in turn',
    edits: [['lib/runner/slots/prefetch-queue.ts', 'this.turns.get(job.seq) ?? job.seq', 'job.seq']],
    tests: ['test/unit/runner/slots/prefetch-queue.spec.ts'],
    name: 'in turns where channels take turns',
  },
  {
    guard: 'What was prefetched and waits for a permit comes before what comes with one',
    edits: [['lib/runner/slots/worker-pool.ts', 'else if (!others && ', 'else if (']],
    tests: ['test/unit/runner/slots/worker-pool.spec.ts'],
    name: 'before one that has waited for it',
  },
  {
    guard: 'A permit that is kept for a prefetched job does not go back before it',
    edits: [['lib/runner/slots/held-permits.ts', 'Math.min(count, needed.get(channelName) ?? 0)', '0']],
    tests: ['test/unit/runner/slots/held-permits.spec.ts'],
    name: 'that are kept for a prefetched job',
  },
  {
    guard: 'Only a job that no node has is replaced',
    edits: [[`${FUNCTIONS}/call-keyed.ts`, 'coalesce(j.node IS NULL AND ', 'coalesce(']],
    tests: ['test/integration/calls/keys.spec.ts'],
    name: 'once a node has claimed the first',
  },
  {
    guard: 'A job that begins too late is not begun',
    edits: [
      [
        'lib/runner/slots/worker-pool.ts',
        'if (attempt.cancelled || attempt.expired) {',
        'if (attempt.cancelled) {',
      ],
    ],
    tests: ['test/integration/calls/expiry.spec.ts'],
    name: 'never begun late',
  },
  {
    guard: 'What a claim takes below a rate counts as about to start',
    edits: [[`${FUNCTIONS}/rates.ts`, 'coalesce(sum(s.open + h.started), 0)', 'coalesce(sum(h.started), 0)']],
    tests: ['test/integration/channels/rates.spec.ts'],
    name: 'holds in every stretch of time',
  },
  {
    guard: 'What a node that is gone had claimed below a rate counts as started',
    edits: [
      [`${FUNCTIONS}/rates.ts`, "g.times || CASE WHEN g.open > 0 THEN ARRAY[v_now] ELSE '{}' END", 'g.times'],
      [
        `${FUNCTIONS}/rates.ts`,
        "g.counts || CASE WHEN g.open > 0 THEN ARRAY[g.open] ELSE '{}' END",
        'g.counts',
      ],
    ],
    tests: ['test/integration/channels/rates.spec.ts'],
    name: 'holds in every stretch of time',
  },
  {
    guard: 'A shorter hold of a channel does not end a longer one',
    edits: [
      [
        `${FUNCTIONS}/hold-channel.ts`,
        'SET next_start = greatest(c.next_start, v_until)',
        'SET next_start = v_until',
      ],
    ],
    tests: ['test/integration/channels/held.spec.ts'],
    name: 'as long as the longest',
  },
  {
    guard: 'Who waits for a job is notified by the node that ends it',
    edits: [['lib/store/notify/end-notices.ts', 'this.queue(awaited);', '']],
    tests: ['test/integration/calls/finished-elsewhere.spec.ts'],
    name: 'by the node that ran it',
  },
  {
    guard: 'The nodes know that a job is awaited before its row is read',
    edits: [
      [
        'lib/inspect/completion-watcher.ts',
        'await this.announce(uuids);\n      await this.look(uuids);',
        'await this.look(uuids);\n      await this.announce(uuids);',
      ],
    ],
    tests: ['test/unit/inspect/completion-watcher.spec.ts'],
    name: 'before it looks',
  },
  {
    guard: 'A node that has just started is told what is awaited',
    edits: [['lib/inspect/completion-watcher.ts', " || eventTalk === 'asking'", '']],
    tests: ['test/integration/calls/finished-elsewhere.spec.ts'],
    name: 'started after it',
  },
  {
    guard: 'A node remembers a bounded number of jobs that are awaited',
    edits: [['lib/store/notify/end-notices.ts', ' && this.awaited.size <= MOST_AWAITED', '']],
    tests: ['test/unit/store/notify/end-notices.spec.ts'],
    name: 'twenty thousand at most',
  },
  {
    guard: 'A node does not sleep while a job is at another node',
    edits: [['lib/store/nodes/node-store.ts', 'OR EXISTS (SELECT FROM ${t.claim}) ', '']],
    tests: ['test/integration/nodes/sleep.spec.ts'],
    name: 'stays awake while a job is at another node',
  },
];
