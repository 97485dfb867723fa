import type { Tables } from '../../../connection/tables.js';
import { Phase } from '../phase.js';
import { BLANKS, STORABLE } from './enqueue-values.js';

/** What a caller may give, in the order in which the error of an unknown one names them. */
const PROPERTIES = ['priority', 'eta', 'maxRetries', 'description', 'channel', 'identityKey', 'identityScope', 'onDuplicate', 'maxWait', 'tags', 'startBefore', 'userId', 'types', 'unencrypted', 'notify']; // prettier-ignore

/** The most seconds of a window: a year. */
const MAX_WINDOW = 366 * 24 * 60 * 60;

/** Where no job function says so: see `job/job-options.ts` and `payload/payload-size.ts`. */
const DEFAULTS = { priority: 10, maxRetries: 5, maxPayloadBytes: 1024 * 1024 };

/** A notification waits in a queue of PostgreSQL's, and a commit fails if that is full: then polling has to do. */
const FULL_QUEUE = 0.5;

/**
 * `queue_job_enqueue(name, args, options)`: stores a job from SQL, in the caller's transaction, and returns its uuid; that
 * of the job which has the key where the call is a duplicate. It runs with the rights of the owner, so its caller needs
 * none but to execute it, and PUBLIC has not even that. Its name is for people, so it has no version.
 *
 * - What `@Job()` and the module's defaults say was written to `queue_job_function` by the last node that started. What
 *   they say by a function of the arguments is for the application alone to work out: it must be given.
 * - The channel gets no row here, as one made in a transaction of nobody knows what length would hold up all others that
 *   make channels. The first claim that finds the job has it made.
 * - It sends no notification unless it is asked to: commits of transactions that notify go one by one over the whole
 *   database. Idle nodes look once a second.
 */
export const enqueue = (t: Tables): string => {
  const refuse = (message: string, code = 'INVALID_JOB_OPTION'): string =>
    `PERFORM ${t.name('queue_job_refuse_1')}('${code}', ${message});`;
  const wrong = (property: string, allowed: string, value: string): string =>
    `PERFORM ${t.name('queue_job_wrong_value_1')}(${property}, '${allowed.replaceAll("'", "''")}', ${value});`;
  const format = (value: string): string => `${t.name('queue_job_format_value_1')}(${value})`;
  const isBlank = (text: string): string => `btrim(${text}, ${BLANKS}) = ''`;
  return `
CREATE OR REPLACE FUNCTION ${t.name('queue_job_enqueue')}(name text, args jsonb DEFAULT '[]', options jsonb DEFAULT '{}')
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  p_name ALIAS FOR $1;
  p_args ALIAS FOR $2;
  p_options ALIAS FOR $3;
  v_now timestamptz := clock_timestamp();
  -- what the application says of the job function, and what was given, in one
  v_defaults jsonb;
  v_own jsonb;
  v_all jsonb;
  v_channel text;
  v_seconds float8;
  v_eta timestamptz;
  v_eta_seconds float8;
  v_start_before timestamptz;
  v_before_seconds float8;
  v_max_wait float8;
  v_window float8;
  v_scope text;
  v_on_duplicate text;
  v_key text;
  v_tags jsonb;
  v_text text;
  v_uuid uuid;
  v_call record;
  r record;
BEGIN
  IF p_options IS NULL OR jsonb_typeof(p_options) <> 'object' THEN
    ${refuse(`'The options must be an object, not ' || ${format('p_options')} || '.'`)}
  END IF;
  IF p_name IS NULL OR ${isBlank('p_name')} OR char_length(p_name) > 255 OR p_name <> btrim(p_name, ${BLANKS}) THEN
    ${wrong("'name'", `a string of 1 to 255 characters ${STORABLE}, and without blanks at its ends`, 'to_jsonb(p_name)')}
  END IF;
  IF p_args IS NULL OR jsonb_typeof(p_args) <> 'array' THEN
    ${refuse(`'The arguments of a job are an array, such as [product], not ' || ${format('p_args')} || '.'`)}
  END IF;
  SELECT f.defaults, f.channel INTO v_defaults, v_channel FROM ${t.jobFunction} f WHERE f.name = p_name;
  v_own := coalesce(v_defaults, '{}');

  FOR r IN SELECT e.key, e.value, jsonb_typeof(e.value) AS type, e.value #>> '{}' AS text FROM jsonb_each(p_options) e LOOP
    CASE r.key
      WHEN 'priority', 'maxRetries' THEN
        IF r.type <> 'number' OR r.text::numeric <> trunc(r.text::numeric) OR r.text::numeric NOT BETWEEN 0 AND 2147483647 THEN
          PERFORM ${t.name('queue_job_wrong_value_1')}(r.key, 'a whole number from 0 to 2147483647 ('
            || CASE r.key WHEN 'priority' THEN '0 is the highest' ELSE '0 is without end' END || ')', r.value);
        END IF;
      WHEN 'eta' THEN
        SELECT m.seconds, m.at INTO v_eta_seconds, v_eta FROM ${t.name('queue_job_read_moment_1')}('eta', r.value) m;
      WHEN 'startBefore' THEN
        SELECT m.seconds, m.at INTO v_before_seconds, v_start_before FROM ${t.name('queue_job_read_moment_1')}('startBefore', r.value) m;
        IF v_before_seconds <= 0 OR v_start_before <= v_now THEN
          ${refuse(`'startBefore must be in the future, and ' || ${format('r.value')} || ' has passed: the job could never begin.'`)}
        END IF;
      WHEN 'maxWait' THEN
        v_max_wait := ${t.name('queue_job_read_seconds_1')}('maxWait', r.value);
      WHEN 'description' THEN
        IF r.type <> 'string' OR ${isBlank('r.text')} OR char_length(r.text) > 1000 THEN
          ${wrong("'description'", `a string of 1 to 1000 characters, not blank and ${STORABLE}`, 'r.value')}
        END IF;
      WHEN 'channel' THEN
        IF r.type <> 'string' OR ${isBlank('r.text')} OR char_length(r.text) > 255 OR r.text <> btrim(r.text, ${BLANKS}) THEN
          ${wrong("'channel'", `a string of 1 to 255 characters ${STORABLE}, and without blanks at its ends`, 'r.value')}
        END IF;
        v_channel := CASE WHEN getdatabaseencoding() = 'UTF8' THEN normalize(r.text, NFC) ELSE r.text END;
        IF v_channel <> 'root' AND NOT starts_with(v_channel, 'root.') THEN v_channel := 'root.' || v_channel; END IF;
        IF char_length(v_channel) > 255 OR v_channel !~ '^[[:alnum:]_-]+(\\.[[:alnum:]_-]+)*$'
          AND NOT EXISTS (SELECT 1 FROM ${t.channel} c WHERE c.name = v_channel AND right(c.name, 1) <> '*') THEN
          ${refuse(`'channel: ' || ${format('r.value')} || ' is not the name of a channel: allowed are parts joined by dots, each of letters, digits, "_" and "-", 255 characters at most in all.'`)}
        END IF;
      WHEN 'identityKey' THEN
        IF r.type <> 'string' THEN
          ${wrong("'identityKey'", 'a string of 1 to 255 characters, or a function that gives one', 'r.value')}
        ELSIF r.text = '' OR char_length(r.text) > 255 THEN
          ${refuse(`'identityKey must be a string of 1 to 255 characters ${STORABLE}, not ' || ${format('r.value')}
            || CASE WHEN r.text = '' THEN '.' ELSE ' (' || char_length(r.text) || ' characters).' END`)}
        END IF;
      WHEN 'identityScope' THEN
        IF r.type = 'object' AND r.value ? 'window' AND r.value - 'window' = '{}' THEN
          v_window := ${t.name('queue_job_read_seconds_1')}('identityScope.window', r.value -> 'window');
          IF v_window > ${MAX_WINDOW} THEN
            ${wrong("'identityScope.window'", `a year (${MAX_WINDOW} seconds) at most`, "r.value -> 'window'")}
          END IF;
        ELSIF r.type <> 'string' OR r.text NOT IN ('waiting', 'until_done') THEN
          ${wrong("'identityScope'", `'waiting' or 'until_done' or a window such as { window: '5 min' }`, 'r.value')}
        END IF;
      WHEN 'onDuplicate' THEN
        IF r.type <> 'string' OR r.text NOT IN ('keep', 'replace', 'debounce') THEN
          ${wrong("'onDuplicate'", `'keep' or 'replace' or 'debounce'`, 'r.value')}
        END IF;
      WHEN 'tags' THEN
        v_text := 'a list of at most 20 tags, each a string of 1 to 100 characters, not blank and ${STORABLE}';
        IF r.type <> 'array' THEN PERFORM ${t.name('queue_job_wrong_value_1')}('tags', v_text, r.value); END IF;
        FOR v_call IN SELECT e.value, e.value #>> '{}' AS text, e.at FROM jsonb_array_elements(r.value) WITH ORDINALITY e (value, at) ORDER BY e.at LOOP
          IF jsonb_typeof(v_call.value) <> 'string' OR ${isBlank('v_call.text')} OR char_length(v_call.text) > 100 THEN
            PERFORM ${t.name('queue_job_wrong_value_1')}('tags[' || v_call.at - 1 || ']', v_text, v_call.value);
          END IF;
        END LOOP;
        SELECT jsonb_agg(q.value ORDER BY q.at) INTO v_tags
        FROM (SELECT e.value, min(e.at) AS at FROM jsonb_array_elements(r.value) WITH ORDINALITY e (value, at) GROUP BY e.value) q;
        IF jsonb_array_length(v_tags) > 20 THEN PERFORM ${t.name('queue_job_wrong_value_1')}('tags', v_text, r.value); END IF;
      WHEN 'userId' THEN
        IF r.type NOT IN ('string', 'number') OR ${isBlank('r.text')} OR char_length(r.text) > 255 THEN
          ${wrong("'userId'", `a string of 1 to 255 characters, not blank and ${STORABLE}`, 'r.value')}
        END IF;
      WHEN 'types', 'unencrypted', 'notify' THEN
        IF r.type <> 'boolean' THEN ${wrong('r.key', 'true or false', 'r.value')} END IF;
      ELSE
        ${refuse(`'The property ' || ${format('to_jsonb(r.key)')} || ' is unknown.' || coalesce(' Did you mean ' || (
            SELECT p FROM unnest('{${PROPERTIES.join(',')}}'::text[]) p WHERE lower(p) = replace(replace(lower(r.key), '_', ''), '-', '')
          ) || '?', '') || ' The properties are: ${PROPERTIES.join(', ')}.'`)}
    END CASE;
  END LOOP;

  -- What the call and the job function say, put together as job/key-rules.ts and enqueue/job-draft.ts do.
  v_all := v_own || p_options;
  v_key := v_all ->> 'identityKey';
  v_on_duplicate := coalesce(v_all ->> 'onDuplicate',
    CASE WHEN v_key IS NOT NULL AND coalesce(v_all ->> 'identityScope', 'waiting') = 'waiting' THEN v_own #>> '{keys,onDuplicate}' END, 'keep');
  IF v_key IS NOT NULL AND v_on_duplicate = 'keep' AND NOT v_all ? 'identityScope' THEN
    v_all := v_all || jsonb_build_object('identityScope', coalesce(v_own #> '{keys,identityScope}', '"waiting"'));
  END IF;
  v_scope := coalesce(v_all ->> 'identityScope', 'waiting');
  IF NOT p_options ? 'identityScope' THEN v_window := (v_all #>> '{identityScope,window}')::float8; END IF;
  IF v_max_wait IS NULL AND v_on_duplicate = 'debounce' THEN
    v_max_wait := coalesce(v_own ->> 'maxWait', v_own #>> '{keys,maxWait}')::float8;
  END IF;
  IF v_start_before < v_eta OR v_before_seconds <= v_eta_seconds OR v_start_before <= v_now + v_eta_seconds * interval '1 second'
    OR v_now + v_before_seconds * interval '1 second' <= v_eta OR v_start_before = v_eta THEN
    ${refuse(`'startBefore must be later than eta: a job that may not begin before its eta would never run.'`)}
  END IF;
  FOR r IN
    SELECT m.property FROM jsonb_array_elements_text(v_own -> 'made') m (property)
    WHERE NOT p_options ? m.property AND NOT (m.property = 'channel' AND v_channel IS NOT NULL)
  LOOP
    ${refuse(`'The application makes the ' || r.property || ' of a job of ' || p_name || ' by a function of its arguments, which SQL can not call: give ' || r.property || ' in the options.'`)}
  END LOOP;
  IF v_on_duplicate <> 'keep' AND v_key IS NULL THEN
    ${refuse(`'onDuplicate: ''' || v_on_duplicate || ''' needs an identityKey: without one, no call is a duplicate of another.'`)}
  ELSIF v_on_duplicate <> 'keep' AND v_scope <> 'waiting' THEN
    ${refuse(`'onDuplicate: ''' || v_on_duplicate || ''' changes the job that waits and stores another one once that runs, so its identityScope must be ''waiting'', not '
      || ${format(`CASE WHEN v_window IS NULL THEN v_all -> 'identityScope' ELSE jsonb_build_object('window', v_window) END`)} || '.'`)}
  ELSIF v_on_duplicate = 'debounce' AND v_eta_seconds IS NULL THEN
    ${refuse(`'onDuplicate: ''debounce'' needs an eta in seconds or a duration such as ''10 s'': how long after the newest call the job starts.'`)}
  ELSIF v_max_wait < v_eta_seconds THEN
    ${refuse(`'maxWait (' || v_max_wait || ' s) must not be below eta (' || v_eta_seconds || ' s): it is the longest that the newest call can put the job off.'`)}
  ELSIF v_on_duplicate <> 'debounce' AND v_max_wait IS NOT NULL THEN
    ${refuse(`'maxWait is the longest that a debounced job is put off, and onDuplicate is ''' || v_on_duplicate || '''. Give onDuplicate: ''debounce'', or leave maxWait out.'`)}
  END IF;
  IF NOT coalesce((p_options ->> 'unencrypted')::boolean, false) AND (
    v_own @> '{"encrypts": true}' OR v_defaults IS NULL AND EXISTS (SELECT 1 FROM ${t.jobFunction} f WHERE f.defaults @> '{"encrypts": true}')
  ) THEN
    ${refuse(`'args: the application encrypts what its jobs carry (codec.encrypt), and PostgreSQL has no key. Store jobs of ' || p_name || ' from the application, or give unencrypted: true for arguments that may be read.'`, 'UNSERIALIZABLE_ARGUMENT')}
  END IF;
  v_text := (CASE WHEN (p_options ->> 'types')::boolean THEN p_args ELSE ${t.name('queue_job_escape_1')}(p_args) END)::text;
  IF octet_length(v_text) > coalesce((v_own ->> 'maxPayloadBytes')::integer, ${DEFAULTS.maxPayloadBytes}) THEN
    ${refuse(`'args takes ' || octet_length(v_text) || ' bytes as JSON, which is more than the ' || coalesce(v_own ->> 'maxPayloadBytes', '${DEFAULTS.maxPayloadBytes}') || ' that the module option maxPayloadBytes allows. Store large data elsewhere and pass its id.'`, 'UNSERIALIZABLE_ARGUMENT')}
  END IF;

  v_eta := coalesce(v_eta, v_now + v_eta_seconds * interval '1 second');
  v_start_before := coalesce(v_start_before, v_now + v_before_seconds * interval '1 second',
    greatest(v_eta, v_now) + (v_own ->> 'startBefore')::float8 * interval '1 second');
  v_channel := coalesce(v_channel, v_own ->> 'channel', 'root');
  v_tags := coalesce(v_tags, CASE WHEN NOT p_options ? 'tags' THEN v_own -> 'tags' END);
  -- As version 7 of the standard, so that they enter the index at its end.
  v_uuid := encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send((extract(epoch FROM v_now) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;

  IF v_key IS NOT NULL AND (v_on_duplicate <> 'keep' OR v_window IS NOT NULL) THEN
    SELECT k.* INTO v_call FROM ${t.name('queue_job_call_keyed_1')}(json_build_array(json_build_object(
      'place', 0, 'uuid', v_uuid, 'name', p_name, 'channel', v_channel,
      'priority', coalesce((v_all ->> 'priority')::numeric::integer, ${DEFAULTS.priority}),
      'maxRetries', coalesce((v_all ->> 'maxRetries')::numeric::integer, ${DEFAULTS.maxRetries}),
      'args', v_text, 'description', coalesce(v_all ->> 'description', p_name), 'identityKey', v_key, 'onDuplicate', v_on_duplicate,
      'maxWait', v_max_wait, 'keyWindow', v_window, 'tags', v_tags::text, 'etaIn', v_eta_seconds,
      'etaAt', CASE WHEN v_eta_seconds IS NULL THEN v_eta END, 'startBeforeAt', v_start_before, 'userId', v_all ->> 'userId'
    )), NULL, true) k;
    IF v_call.outcome = 'other' THEN
      ${refuse(`'The identity key ''' || v_key || ''' of ' || p_name || ' is taken by job ' || v_call.holder || ' of ' || v_call.holder_name || ', and onDuplicate: ''' || v_on_duplicate || ''' would change what runs. Give each job function keys of its own.'`, 'IDENTITY_TAKEN')}
    ELSIF v_call.outcome = 'parents' THEN
      ${refuse(`'Job ' || v_call.holder || ' of ' || v_call.holder_name || ' with the identity key ''' || v_key || ''' waits for its parents, whose ends would have to wait for this transaction. Replace it from the application, outside of a transaction.'`, 'IDENTITY_TAKEN')}
    ELSIF v_call.outcome = 'kept' THEN
      RETURN v_call.holder;
    END IF;
    v_uuid := v_call.holder;
    v_eta := v_call.eta;
  ELSE
    LOOP
      INSERT INTO ${t.job} AS j (uuid, name, channel, priority, max_retries, args, description, tags, eta, start_before, user_id,
        identity_key, identity_until_done, identity_lock, phase)
      VALUES (v_uuid, p_name, v_channel, coalesce((v_all ->> 'priority')::numeric::integer, ${DEFAULTS.priority}),
        coalesce((v_all ->> 'maxRetries')::numeric::integer, ${DEFAULTS.maxRetries}), v_text::json,
        coalesce(v_all ->> 'description', p_name), v_tags, v_eta, v_start_before, v_all ->> 'userId',
        v_key, v_scope = 'until_done', v_key, CASE WHEN v_eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END)
      ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL DO NOTHING;
      EXIT WHEN FOUND;
      -- (In an old snapshot PostgreSQL has refused it by 40001 before.)
      SELECT j.uuid INTO v_uuid FROM ${t.job} j WHERE j.identity_lock = v_key;
      IF FOUND THEN RETURN v_uuid; END IF;
    END LOOP;
  END IF;

  IF (p_options ->> 'notify')::boolean AND pg_notification_queue_usage() < ${FULL_QUEUE} THEN
    -- The same text for all jobs of one kind and one transaction, which PostgreSQL sends once.
    PERFORM pg_notify('${t.notifications.replaceAll("'", "''")}', 'sql ' || CASE
      WHEN v_eta > clock_timestamp() THEN json_build_object('dueIn', extract(epoch FROM v_eta - clock_timestamp()) * 1000)
      ELSE json_build_object('jobs', json_build_array(json_build_object(
        'count', 1, 'lot', mod(pg_current_xact_id()::text::numeric, 4294967296), 'name', p_name, 'channel', v_channel)))
    END);
  END IF;
  RETURN v_uuid;
END $$`;
};

/**
 * Only those may execute it who are granted that, after it was made: not PUBLIC, and not the roles that default privileges of
 * the schema let in, such as that of an HTTP layer over it.
 */
export const revokeEnqueue = (t: Tables): string => `
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN
    SELECT DISTINCT p.oid::regprocedure AS function, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS role
    FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.oid = (${t.literal('queue_job_enqueue')} || '(text, jsonb, jsonb)')::regprocedure AND a.grantee <> p.proowner
  LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || r.function || ' FROM ' || r.role;
  END LOOP;
END $$`;
