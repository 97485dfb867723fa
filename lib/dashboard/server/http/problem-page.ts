import { createHash } from 'node:crypto';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Problem } from '../../api/cluster.api.js';
import { hasPolicy, setHeaders } from './headers.js';

const STYLE =
  'body{max-width:34rem;margin:18vh auto 0;padding:0 1.5rem;font:16px/1.5 system-ui,sans-serif;color-scheme:light dark}' +
  'h1{margin:0 0 .5rem;font-size:1.4rem}p{margin:0}';

/** Nothing but its own style, which the policy allows by its hash. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'self'`;

/** A problem as a page for people, such as that the dashboard is closed. */
export const problemPage = ({ status, title, detail }: Problem): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escape(title)}</title><style>${STYLE}</style></head>` +
  `<body><main><h1>${status} ${escape(title)}</h1><p>${escape(detail)}</p></main></body></html>`;

/** The application's own policy stands; then the page may be plain. */
export const setProblemPageHeaders = (adapter: AbstractHttpAdapter, response: unknown): void => {
  setHeaders(adapter, response, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(hasPolicy(response) ? {} : { 'Content-Security-Policy': POLICY }),
  });
};

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
