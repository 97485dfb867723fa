import { TransactionRequiredError } from '../errors/transaction-required.error.js';
import type { JobDraft } from './job-draft.js';

/**
 * Checks calls that are made outside of a transaction of the application.
 *
 * @param byDefault - the module option `requireTransaction`
 * @throws TransactionRequiredError if one of them must be made in one
 */
export function checkRequiredTransaction(drafts: readonly JobDraft[], byDefault: boolean): void {
  const refused = drafts.find(({ fn }) => fn.options.requireTransaction ?? byDefault);
  if (refused === undefined) return;
  throw new TransactionRequiredError(
    `${refused.fn.name} has requireTransaction, and is called outside of a transaction. Call it inside of one: with { manager }, in a transactional job, or where the module option transactionManager finds it.`,
  );
}
