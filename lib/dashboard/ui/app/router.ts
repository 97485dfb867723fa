import { signal, type ReadonlySignal } from '@preact/signals';

/** Where the page is: the path below the base, without slashes around it, and the query. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * The address below `<base>`. Links are plain `<a href="jobs?state=failed">`: the browser resolves them against the
 * base, and clicks that stay below it are taken here.
 */
export class Router {
  readonly #place;
  readonly place: ReadonlySignal<Place>;

  constructor(readonly base: URL) {
    this.#place = signal(this.#read());
    this.place = this.#place;
  }

  start(): void {
    window.addEventListener('popstate', () => this.#arrive());
    document.addEventListener('click', (event) => this.#click(event));
  }

  /** @param to Relative to the base: `jobs?state=failed`. */
  go(to: string, { replace = false } = {}): void {
    const url = new URL(to, this.base);
    if (url.href === location.href) {
      return;
    }
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    const before = this.#place.peek().path;
    this.#arrive();
    if (!replace && this.#place.peek().path !== before) {
      window.scrollTo(0, 0);
    }
  }

  #arrive(): void {
    this.#place.value = this.#read();
  }

  #read(): Place {
    const { pathname, search } = location;
    const below = `${pathname}/`.startsWith(this.base.pathname)
      ? pathname.slice(this.base.pathname.length)
      : '';
    return { path: below.replace(/\/+$/, ''), query: new URLSearchParams(search) };
  }

  #click(event: MouseEvent): void {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (
      event.defaultPrevented ||
      !plain ||
      link === null ||
      link.target !== '' ||
      link.hasAttribute('download')
    ) {
      return;
    }
    const api = new URL('api/', this.base).href;
    if (link.href.startsWith(this.base.href) && !link.href.startsWith(api)) {
      event.preventDefault();
      this.go(link.href);
    }
  }
}

/** The parameters of a path that fits a pattern such as `jobs/:uuid`, or null. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) {
    return null;
  }
  const params: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const value = given[index] ?? '';
    if (name.startsWith(':')) {
      params[name.slice(1)] = decodePart(value);
    } else if (name !== value) {
      return null;
    }
  }
  return params;
}

/** A path with a query; what is empty is left out. */
export function pathTo(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      params.set(key, value);
    }
  }
  // As a person would write it: the server and the browser take them as they are.
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? path : `${path}?${text}`;
}

function decodePart(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // Typed by hand, with a lone `%`.
    return value;
  }
}
