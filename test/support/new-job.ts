import { v7 } from 'uuid';
import type { NewJob } from '../../lib/store/insert/new-job.js';

/** A job as it is inserted, with all that is hard to quote. */
export const newJob = (changed: Partial<NewJob> = {}): NewJob => ({
  uuid: v7(),
  name: 'Mails.send',
  channel: 'root',
  priority: 7,
  maxRetries: 3,
  args: '["Zoë","a \\"quoted\\" \\\\ word","two\\nlines"]',
  description: 'Send "it" \\ now\nand again',
  identityKey: null,
  identityUntilDone: true,
  onDuplicate: 'keep',
  maxWait: null,
  keyWindow: null,
  locksKey: true,
  tags: null,
  startBeforeIn: null,
  startBeforeAt: null,
  onParentFailed: null,
  etaIn: null,
  etaAt: null,
  userId: 'ada, {"x"}',
  context: '{"tenant": "a\\\\b"}',
  trace: null,
  graphUuid: null,
  batchUuid: null,
  hasChildren: false,
  waits: false,
  ...changed,
});
