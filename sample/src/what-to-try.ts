import { SHOP_URL } from './config.ts';

const JSON_HEADER = `-H 'content-type: application/json'`;

/** Printed when the shop is open. */
export const WELCOME = `
The shop is open at ${SHOP_URL}
  /products?search=teapot   the catalogue
  /queue/counts             how many jobs there are in each state
  /queue/jobs?state=done    the jobs, also by channel and name
  /queue/batches            jobs that belong together, with how far they are
  /queue/channels           the channels, with what runs and waits
  /partner-api              what the partner has got, and how often it said no

Export products to a partner that answers 429 and 503 now and then:
  curl -X POST '${SHOP_URL}/exports?category=Tea&limit=40'

Write an invoice and send a mail, once, however often you ask:
  curl ${SHOP_URL}/invoices ${JSON_HEADER} \\
    -d '{"order":"A-1001","email":"ada@example.org","lines":[{"sku":"TEA-0001","quantity":2}]}'

Close the day: all products valued in parts, then each category, then the whole. And see how far it is:
  curl -X POST ${SHOP_URL}/closings
  curl ${SHOP_URL}/closings/latest

More of these:                         curl ${SHOP_URL}
A second process that only runs jobs:  npm run sample:worker
Ctrl+C ends each of them when its running jobs have ended.
`;

/** Answered at `/`, with what is printed. */
export const MORE_TO_TRY = `
Change a price. The partner takes one price a second, and the latest is enough:
  curl -X PUT ${SHOP_URL}/products/TEA-0001/price ${JSON_HEADER} -d '{"priceCents":1995}'

Pause the import, ask for it twice (the second one finds the first), and go on:
  curl -X PATCH ${SHOP_URL}/queue/channels/root.catalogue ${JSON_HEADER} -d '{"paused":true}'
  curl -X POST ${SHOP_URL}/imports
  curl -X POST ${SHOP_URL}/imports
  curl -X PATCH ${SHOP_URL}/queue/channels/root.catalogue ${JSON_HEADER} -d '{"paused":false}'

Export something that is sold out: the job fails. Stock up, and run it again:
  curl -X POST '${SHOP_URL}/exports?soldOut=true&limit=1'
  curl '${SHOP_URL}/queue/jobs?state=failed'
  curl -X PUT ${SHOP_URL}/products/SKU/stock ${JSON_HEADER} -d '{"stock":5}'
  curl -X POST ${SHOP_URL}/queue/jobs/UUID/requeue

Stop the close of a day, change your mind, and cancel it:
  curl -X PATCH ${SHOP_URL}/queue/channels/root.closing ${JSON_HEADER} -d '{"paused":true}'
  curl -X POST ${SHOP_URL}/closings
  curl -X POST ${SHOP_URL}/queue/batches/UUID/cancel
  curl -X PATCH ${SHOP_URL}/queue/channels/root.closing ${JSON_HEADER} -d '{"paused":false}'

All of a job, with its tries, its log and what it is about:
  curl ${SHOP_URL}/queue/jobs/UUID
`;
