import { computed, signal } from '@preact/signals';
import type { About, Right } from '../../api/cluster.api.js';
import { Api } from './api.js';
import { Cache } from './cache.js';
import { Clock } from './clock.js';
import { Dialogs } from './dialogs.js';
import { Http } from './http.js';
import { Keyboard } from './keyboard.js';
import { LanguageChoice } from './language.js';
import { Live } from './live.js';
import { NodeNames } from './node-names.js';
import { Router } from './router.js';
import { ThemeChoice } from './theme.js';
import { Toasts } from './toasts.js';

/** All that the page has one of. Components reach it by `useApp()`. */
export class App {
  readonly http: Http;
  readonly api: Api;
  readonly router: Router;
  readonly live: Live;
  readonly language = new LanguageChoice();
  readonly theme = new ThemeChoice();
  readonly keyboard = new Keyboard();
  readonly clock = new Clock();
  readonly toasts = new Toasts();
  readonly dialogs = new Dialogs();
  readonly cache = new Cache();
  readonly nodeNames: NodeNames;
  /** Null until the server has said who is asking. */
  readonly about = signal<About | null>(null);
  readonly title = computed(() => this.about.value?.title ?? '');

  /** @param base Of the document: all paths are relative to it. */
  constructor(base: URL) {
    this.http = new Http(base);
    this.api = new Api(this.http);
    this.router = new Router(base);
    this.nodeNames = new NodeNames(() => this.api.nodeNames());
    this.live = new Live((query) => this.http.url('events', query));
  }

  /** Whether who is asking may do it; the server checks it again. */
  may(right: Right): boolean {
    return this.about.value?.rights[right] ?? false;
  }

  start(): void {
    this.theme.start();
    this.language.start();
    this.clock.start();
    this.router.start();
    this.keyboard.start();
  }

  /** What the page may show; then the stream of events. */
  async introduce(): Promise<void> {
    const about = await this.api.about();
    this.http.useCsrf(about.csrf);
    this.about.value = about;
    this.live.start();
  }
}
