// Starts an application, lets it run jobs over HTTP, and stops it as a deployment does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const LIMIT_MS = 60_000;

/** Throws where the application does not do what it should. */
export async function checkServing({ command, args, cwd, env, leaseMs, log }) {
  const port = await freePort();
  const lease = leaseMs === undefined ? {} : { LEASE_MS: String(leaseMs) };
  const child = spawn(command, args, { cwd, env: { ...env, ...lease, PORT: String(port) } });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log(String(data)));
  const ended = once(child, 'exit');
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  try {
    const origin = `http://127.0.0.1:${port}`;
    await listening(origin, child);
    await runsJob(origin, 'April', /for April is written at try 2$/);
    await showsDashboard(origin);
    if (leaseMs !== undefined) {
      // Past the first lease the node is alive only if something has renewed it.
      await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
      await runsJob(origin, 'May', /for May is written at try 1$/);
      const [node] = await get(`${origin}/admin/jobs/api/nodes`);
      if (node?.state !== 'alive') throw new Error(`The node is ${JSON.stringify(node)} after two leases`);
    }
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    if (code !== 0 && signal !== 'SIGTERM') throw new Error(`It ended with ${code ?? signal}`);
  } finally {
    clearTimeout(limit);
    child.kill('SIGKILL');
    await ended;
  }
}

async function runsJob(origin, month, wanted) {
  const { uuid } = await get(`${origin}/reports/${month}`, { method: 'POST' });
  const { text } = await get(`${origin}/reports/${uuid}`);
  if (!wanted.test(text)) throw new Error(`The job of ${month} returned ${JSON.stringify(text)}`);
}

async function showsDashboard(origin) {
  const page = await fetch(`${origin}/admin/jobs`);
  const html = await page.text();
  const script = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(html)?.[1];
  if (!page.ok || script === undefined)
    throw new Error(`The page of the dashboard is ${page.status}: ${html}`);
  const asset = await fetch(`${origin}/admin/jobs/${script}`);
  if (!asset.ok || (await asset.text()).length < 10_000) throw new Error(`${script} is ${asset.status}`);
}

async function get(url, options) {
  const response = await fetch(url, options);
  const text = await response.text();
  if (!response.ok) throw new Error(`${options?.method ?? 'GET'} ${url} is ${response.status}: ${text}`);
  const body = JSON.parse(text);
  return body.items ?? body;
}

async function listening(origin, child) {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      await fetch(origin);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`It ended with ${child.exitCode ?? child.signalCode} before it listened`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
