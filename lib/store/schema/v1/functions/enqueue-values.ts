// What `queue_job_enqueue` reads its options by. The messages are those of the checks in `lib/job` and `lib/common`.

/** The most seconds of a moment: 100 years. */
export const MAX_SECONDS = 3_155_760_000;

/** The blanks that `trim()` of JavaScript and of this function have in common. */
export const BLANKS = String.raw`E' \t\n\r\v\f'`;

/** What a text must not have at its ends, or be made of alone. */
export const STORABLE = 'without NUL or lone surrogates';

/** How the types of a value that isn't plain JSON are marked. */
export const TYPE_KEY = '$type';

/** SQLSTATEs of its own, by the code of the error in TypeScript, which is the DETAIL. */
export const CODES = {
  INVALID_JOB_OPTION: 'QJ001',
  UNSERIALIZABLE_ARGUMENT: 'QJ002',
  IDENTITY_TAKEN: 'QJ003',
};
