import type { Tables } from '../connection/tables.js';

/** The second key of the advisory lock that one holds who notifies with an INSERT. */
const NOTICE_LOCK = -2;

/** Has a session hear the notifications of the queue. */
export const listenText = (t: Tables): string => `LISTEN "${t.notifications.replaceAll('"', '""')}"`;

/**
 * Sends a notification with the commit, where `notice` is one. PostgreSQL lets transactions that notify commit one by
 * one: it is left out, and this is false, where another such statement is at its commit just now.
 */
export const notificationText = (t: Tables, notification: string, channel: string): string => `(
    SELECT CASE WHEN ${notification}::text IS NULL OR NOT pg_try_advisory_xact_lock(${t.lockClass}, ${NOTICE_LOCK}) THEN false
      ELSE pg_notify(${channel}, ${notification})::text IS NOT NULL END
  )`;
