import { SHOP_URL } from './config.ts';

/** Printed when the shop is open, and answered at `/`. */
export const WHAT_TO_TRY = `
The shop is open: ${SHOP_URL}
  ${SHOP_URL}/products?search=teapot     the catalogue
  ${SHOP_URL}/queue/jobs?state=done      jobs, also by channel and name
  ${SHOP_URL}/queue/counts               jobs by state
  ${SHOP_URL}/queue/channels             channels, with what runs and waits
  ${SHOP_URL}/partner-api                what the partner has got, and how often it said no

Export products to a partner that answers 429 and 503 now and then:
  curl -X POST '${SHOP_URL}/exports?category=Tea&limit=40'

Change a price; the partner takes one price a second, and the latest is enough:
  curl -X PUT ${SHOP_URL}/products/TEA-0001/price -H 'content-type: application/json' -d '{"priceCents":1995}'

Write an invoice and send a mail, once, however often you ask:
  curl -X POST ${SHOP_URL}/invoices -H 'content-type: application/json' \\
    -d '{"order":"A-1001","email":"ada@example.org","lines":[{"sku":"TEA-0001","quantity":2}]}'

A sold-out product fails; stock up and run its job again:
  curl -X POST '${SHOP_URL}/exports?soldOut=true&limit=1'
  curl '${SHOP_URL}/queue/jobs?state=failed'
  curl -X PUT ${SHOP_URL}/products/SKU/stock -H 'content-type: application/json' -d '{"stock":5}'
  curl -X POST ${SHOP_URL}/queue/jobs/UUID/requeue

Pause a channel, import the catalogue twice (the second finds the first), go on:
  curl -X PATCH ${SHOP_URL}/queue/channels/root.catalogue -H 'content-type: application/json' -d '{"paused":true}'
  curl -X POST ${SHOP_URL}/imports
  curl -X POST ${SHOP_URL}/imports
  curl -X PATCH ${SHOP_URL}/queue/channels/root.catalogue -H 'content-type: application/json' -d '{"paused":false}'

A second process that only runs jobs:  npm run sample:worker
Ctrl+C ends each of them once its running jobs have ended.
`;
