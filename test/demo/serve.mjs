// Serves the demo on this machine: `npm run demo`, with PORT for another port than 3900. With a folder, what stands there.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const ROOT = process.argv[2] ?? join(import.meta.dirname, '../../docs/demo');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const port = Number(process.env.PORT ?? 3900);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const path = normalize(pathname === '/' ? '/index.html' : pathname);
  const type = TYPES[extname(path)];
  if (type === undefined || !existsSync(join(ROOT, path))) {
    // A page of the demo that was loaded again: it begins at its start.
    response.writeHead(302, { location: '/' }).end();
    return;
  }
  response.writeHead(200, { 'content-type': type });
  createReadStream(join(ROOT, path)).pipe(response);
});
server.listen(port, '127.0.0.1', () => console.log(`The demo: http://localhost:${server.address().port}/`));
