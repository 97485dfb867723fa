/** The tables of a campaign, beside those of the library. */
export const SCHEMA = `
CREATE TABLE chaos_run (
  id uuid PRIMARY KEY, process integer NOT NULL, uuid uuid NOT NULL, channel text NOT NULL, retry integer NOT NULL,
  node integer, claimed timestamptz, started timestamptz NOT NULL DEFAULT clock_timestamp(), ended timestamptz
);
CREATE TABLE chaos_call (
  id uuid PRIMARY KEY, kind text NOT NULL, uuid uuid NOT NULL, called timestamptz NOT NULL,
  answered timestamptz NOT NULL DEFAULT clock_timestamp(), facts jsonb NOT NULL
);
CREATE TABLE chaos_effect (uuid uuid NOT NULL);
CREATE TABLE chaos_account (id integer PRIMARY KEY, balance integer NOT NULL);
INSERT INTO chaos_account SELECT n, 0 FROM generate_series(1, 8) n;

-- While a row here says so, statements on the library's tables fail with its SQLSTATE.
CREATE TABLE chaos_trouble (code text NOT NULL, share float8 NOT NULL, until timestamptz NOT NULL);
CREATE FUNCTION chaos_trouble() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_code text := (SELECT code FROM chaos_trouble WHERE until > clock_timestamp() AND random() < share LIMIT 1);
BEGIN
  IF v_code IS NOT NULL THEN RAISE EXCEPTION 'Trouble made by the campaign' USING ERRCODE = v_code; END IF;
  RETURN NULL;
END $$;
`;

const TROUBLED = [
  'queue_job',
  'queue_job_history',
  'queue_job_attempt',
  'queue_job_permit',
  'queue_job_claim',
  'queue_job_dependency',
];

/** After the library's tables are there. */
export const TROUBLE = TROUBLED.map(
  (table) =>
    `CREATE TRIGGER chaos_trouble BEFORE INSERT OR UPDATE OR DELETE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION chaos_trouble();`,
).join('\n');
