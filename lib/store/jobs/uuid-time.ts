/** How far the clock that made a uuid may be from the database's, and how long a transaction may hold a job back. */
const SLACK_MS = 60 * 60 * 1000;

/** The smallest uuid of version 7 of a moment. */
function uuidAt(millis: number): string {
  const hex = Math.max(0, Math.floor(millis)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

/** No job that was stored at this moment or later has a smaller uuid. */
export const uuidFrom = (date: Date): string => uuidAt(date.getTime() - SLACK_MS);

/** No job that was stored before this moment has a greater uuid. */
export const uuidBefore = (date: Date): string => uuidAt(date.getTime() + SLACK_MS);

/** When a uuid of version 7 was made. */
export const timeOfUuid = (uuid: string): Date =>
  new Date(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16));
