import { join } from 'node:path';

// What the environment says, with what holds otherwise. The shop and its workers read the same.

export const PORT = Number(process.env['PORT'] ?? 3000);

export const SHOP_URL = `http://localhost:${PORT}`;

/** The partner that products are exported to: the shop plays that part itself. Ends with a slash. */
export const PARTNER_URL = process.env['PARTNER_URL'] ?? `${SHOP_URL}/partner-api/`;

/** Another PostgreSQL than the embedded one. */
export const DATABASE_URL = process.env['DATABASE_URL'];

/** Where the embedded PostgreSQL keeps its data. */
export const DATA_FOLDER = process.env['DATA_FOLDER'] ?? join(import.meta.dirname, '../../.data/postgres');

export const CHANNELS = `
  root:20
  root.catalogue:4
  root.partner:4
  root.partner.prices:1:throttle=1
  root.invoices:2
  root.mail:2
  root.closing:4
`;
