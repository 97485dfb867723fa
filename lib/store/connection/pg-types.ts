/** Makes a value of PostgreSQL's text form. */
type Parser = (text: string) => unknown;

const PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [16, (text) => text === 't'], // bool
  [20, Number], // int8: ours stay far below 2^53
  [21, Number], // int2
  [23, Number], // int4
  [701, Number], // float8
  [1184, parseTimestamp], // timestamptz
  [3802, (text) => JSON.parse(text) as unknown], // jsonb
]);

const asText: Parser = (text) => text;

/**
 * The types of our own queries, whatever the application has set for the driver as a whole. `json` stays text: the
 * codec reads it.
 */
export const OWN_TYPES = {
  getTypeParser: (oid: number): Parser => PARSERS.get(oid) ?? asText,
};

/** `2026-11-24 10:00:00.123456+00`, with an offset in hours or in hours and minutes. */
function parseTimestamp(text: string): Date {
  const blank = text.indexOf(' ');
  const minutes = SIGNS.has(text.charAt(text.length - 3)) ? ':00' : '';
  return new Date(`${text.slice(0, blank)}T${text.slice(blank + 1)}${minutes}`);
}

const SIGNS: ReadonlySet<string> = new Set(['+', '-']);
