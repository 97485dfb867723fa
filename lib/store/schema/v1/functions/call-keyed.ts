import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { LOOKUP_SETTINGS } from './settings.js';

/** A job as a call brings it. */
const GIVEN = `json_to_recordset(p_jobs) g (
      place integer, uuid uuid, name text, channel text, priority integer, "maxRetries" integer, args text, description text,
      "identityKey" text, "onDuplicate" text, "maxWait" float8, "keyWindow" float8, tags text, "etaIn" float8,
      "etaAt" timestamptz, "startBeforeIn" float8, "startBeforeAt" timestamptz, "userId" text, context text, trace text)`;

/** The columns of the row that a call stores, with their values; what replaces a job sets all but the first three. */
const COLUMNS: Readonly<Record<string, string>> = {
  uuid: 'r.uuid',
  name: 'r.name',
  identity_key: 'r."identityKey"',
  channel: 'r.channel',
  priority: 'r.priority',
  max_retries: 'r."maxRetries"',
  args: 'r.args::json',
  description: 'r.description',
  tags: 'r.tags::jsonb',
  eta: 'v_eta',
  start_before: `coalesce(r."startBeforeAt", v_now + r."startBeforeIn" * interval '1 second')`,
  user_id: 'r."userId"',
  context: 'r.context::json',
  trace: 'r.trace',
};

/** What a job that is replaced had of its attempts. */
const CLEARED = ['result', 'exec_time', 'exc_name', 'exc_message', 'exc_info', 'exc_fingerprint', 'date_started', 'progress', 'progress_total']; // prettier-ignore

/**
 * `queue_job_call_keyed(jobs, lock timeout, in the caller's transaction)`: stores calls that do more with their keys than
 * to be dropped where a job waits: `replace` and `debounce`, and keys with a window. `outcome` is what became of each:
 * `stored`, `replaced` (the waiting job `holder` has its arguments now) or `kept` (`holder` stands for it); `other` and
 * `parents` are refused, and then nothing is stored of any: the key is taken under another name, or by a job that waits for
 * its parents, which a transaction of the application must not lock, since the ends of these would wait for it.
 *
 * - A waiting job is found and changed by one upsert on the index of the keys. A claim that was first has given the key up
 *   by then, so a new job is stored; one that is second waits for the changed row, or passes it by. So no argument is lost,
 *   and none runs that was replaced.
 * - A window is a row that is taken by an upsert as well. Whether its job is still there is asked only in the statement
 *   after, which sees what was committed while the upsert waited.
 * - Keys are taken in their order, so that no two of these statements wait for one another in a circle.
 *
 * In an old snapshot (REPEATABLE READ) PostgreSQL itself refuses to change what was changed since, by 40001.
 */
export const callKeyed = (t: Tables): string => {
  const columns = Object.keys(COLUMNS);
  const replaced = columns.slice(3).filter((column) => column !== 'eta');
  const waits = `coalesce(j.node IS NULL AND j.phase <= ${Phase.ready}, false)`;
  const newEta = `CASE WHEN r."maxWait" IS NULL THEN v_eta ELSE least(v_eta, j.date_created + r."maxWait" * interval '1 second') END`;
  const phase = (eta: string): string =>
    `CASE WHEN ${eta} > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END`;
  const insert = `INSERT INTO ${t.job} AS j (${columns.join(', ')}, identity_lock, phase)
        VALUES (${Object.values(COLUMNS).join(', ')}, v_lock, ${phase('v_eta')})
        ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL`;
  const answer = `RETURNING j.uuid, j.seq, j.date_created, j.eta INTO holder, seq, date_created, eta`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_call_keyed_1')}(p_jobs json, p_lock_timeout text, p_callers boolean)
RETURNS TABLE (given uuid, outcome text, holder uuid, holder_name text, seq bigint, date_created timestamptz, eta timestamptz, due_in float8)
LANGUAGE plpgsql ${LOOKUP_SETTINGS} AS $$
#variable_conflict use_column
DECLARE
  r record;
  v_now timestamptz;
  v_eta timestamptz;
  v_lock text;
  v_found boolean;
  v_sees boolean := current_setting('transaction_isolation') = 'read committed';
BEGIN
  IF p_lock_timeout IS NOT NULL THEN PERFORM set_config('lock_timeout', p_lock_timeout, true); END IF;
  RETURN QUERY
    SELECT g.uuid, CASE WHEN j.name <> g.name THEN 'other' ELSE 'parents' END, j.uuid, j.name, NULL::bigint,
      NULL::timestamptz, NULL::timestamptz, NULL::float8
    FROM ${GIVEN} JOIN ${t.job} j ON j.identity_lock = g."identityKey"
    WHERE g."onDuplicate" <> 'keep' AND (j.name <> g.name OR p_callers AND j.phase = ${Phase.parents});
  IF FOUND THEN RETURN; END IF;

  FOR r IN SELECT * FROM ${GIVEN} ORDER BY g."identityKey", g.place LOOP
    given := r.uuid;
    v_now := clock_timestamp();
    v_eta := coalesce(r."etaAt", v_now + r."etaIn" * interval '1 second');
    v_lock := r."identityKey";
    holder := NULL;
    outcome := NULL;

    IF r."keyWindow" IS NOT NULL THEN
      IF v_sees THEN
        -- Without a lock, so that calls which get the first one's job wait for nobody.
        SELECT k.job_uuid INTO holder FROM ${t.key} k
        WHERE k.key = v_lock AND k.until > v_now AND ${isThere(t)};
      END IF;
      IF holder IS NULL THEN
        INSERT INTO ${t.key} AS k (key, job_uuid, until) VALUES (v_lock, r.uuid, v_now + r."keyWindow" * interval '1 second')
        ON CONFLICT (key) DO UPDATE SET job_uuid = excluded.job_uuid, until = excluded.until WHERE k.until <= v_now;
        IF NOT FOUND THEN
          SELECT k.job_uuid INTO holder FROM ${t.key} k WHERE k.key = v_lock AND ${isThere(t)};
          IF holder IS NULL THEN
            UPDATE ${t.key} k SET job_uuid = r.uuid, until = v_now + r."keyWindow" * interval '1 second' WHERE k.key = v_lock;
          END IF;
        END IF;
      END IF;
      IF holder IS NOT NULL THEN outcome := 'kept'; END IF;
    END IF;

    WHILE outcome IS NULL LOOP
      IF r."onDuplicate" = 'keep' THEN
        ${insert} DO NOTHING ${answer};
        IF FOUND THEN
          outcome := 'stored';
        ELSE
          SELECT j.uuid INTO holder FROM ${t.job} j WHERE j.identity_lock = v_lock;
          IF FOUND THEN
            outcome := 'kept';
            UPDATE ${t.key} k SET job_uuid = holder WHERE k.key = v_lock;
          END IF;
        END IF;
      ELSE
        ${insert} DO UPDATE SET
          ${replaced.map((column) => `${column} = excluded.${column}`).join(', ')},
          eta = ${newEta},
          phase = CASE WHEN j.phase = ${Phase.parents} THEN j.phase ELSE ${phase(`(${newEta})`)} END,
          identity_until_done = false, retry = 0, deaths = 0, ${CLEARED.map((column) => `${column} = NULL`).join(', ')}
        WHERE ${waits} AND j.name = r.name
        ${answer};
        IF FOUND THEN
          outcome := CASE WHEN holder = r.uuid THEN 'stored' ELSE 'replaced' END;
        ELSE
          SELECT j.name INTO holder_name FROM ${t.job} j WHERE j.identity_lock = v_lock AND j.name <> r.name;
          IF FOUND THEN
            RAISE EXCEPTION 'the identity key % was taken by a job of %', r."identityKey", holder_name USING ERRCODE = '23505';
          END IF;
          -- A running job has it that counts until its end: this one goes without.
          v_lock := NULL;
        END IF;
      END IF;
    END LOOP;
    due_in := extract(epoch FROM eta - clock_timestamp()) * 1000;
    RETURN NEXT;
  END LOOP;
END $$`;
};

/** The job of the window `k` was not removed. */
const isThere = (t: Tables): string =>
  `(EXISTS (SELECT 1 FROM ${t.job} e WHERE e.uuid = k.job_uuid) OR EXISTS (SELECT 1 FROM ${t.history} e WHERE e.uuid = k.job_uuid))`;
