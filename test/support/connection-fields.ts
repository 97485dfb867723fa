/** A data source's options as Nest's documentation writes them: fields, where the URL says no more than these can. */
export interface ConnectionFields {
  readonly type: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

export function connectionFields(url: string): ConnectionFields | { type: 'postgres'; url: string } {
  const { hostname, port, username, password, pathname, search } = new URL(url);
  if (search !== '') return { type: 'postgres', url };
  return {
    type: 'postgres',
    host: hostname,
    port: Number(port || 5432),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}
