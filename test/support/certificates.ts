import { execFileSync } from 'node:child_process';
import { chownSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAccount } from '../../sample/src/embedded-postgres-home.js';

/** Certificates of a server at 127.0.0.1 and of its clients, by an authority of their own. */
export interface Certificates {
  /** Settings for a PostgreSQL that takes only clients with a certificate, but for its superuser. */
  readonly settings: Record<string, string>;
  readonly ca: string;
  /** Where that of the authority is. */
  readonly caFile: string;
  readonly cert: string;
  readonly key: string;
  remove(): void;
}

/** @param others - lines for pg_hba.conf, of clients that need no certificate */
export function createCertificates(role: string, others: readonly string[] = []): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...given: string[]): void =>
    void execFileSync('openssl', given, { cwd: folder, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  for (const [name, subject] of [
    ['server', 'localhost'],
    ['client', role],
  ] as const) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    writeFileSync(
      file(`${name}.ext`),
      name === 'server' ? 'subjectAltName=IP:127.0.0.1,IP:::1' : 'basicConstraints=CA:FALSE',
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    );
  }
  writeFileSync(
    file('hba.conf'),
    `hostssl all ${role} 127.0.0.1/32 scram-sha-256 clientcert=verify-full\nhost all postgres 127.0.0.1/32 scram-sha-256\n${others.map((line) => `${line}\n`).join('')}`,
  );
  const account = serverAccount();
  chmodSync(folder, 0o755);
  chmodSync(file('server.key'), 0o600);
  if (account !== undefined) chownSync(file('server.key'), account.uid, account.gid);
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  return {
    settings: {
      ssl: 'on',
      ssl_ca_file: file('ca.crt'),
      ssl_cert_file: file('server.crt'),
      ssl_key_file: file('server.key'),
      hba_file: file('hba.conf'),
    },
    ca: read('ca.crt'),
    caFile: file('ca.crt'),
    cert: read('client.crt'),
    key: read('client.key'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
