import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import { useKeys } from '../app/keyboard.js';
import { IconButton } from '../components/button.js';
import { ConfirmLayer } from '../components/dialog.js';
import { TipLayer } from '../components/tip-layer.js';
import { ToastLayer } from '../components/toast-layer.js';
import { HelpDialog } from './help-dialog.js';
import { LiveDot } from './live-dot.js';
import { NavList } from './nav-list.js';
import { DESTINATIONS } from './navigation.js';
import { PageOutlet } from './page-outlet.js';
import { Preferences } from './preferences.js';
import './shell.css';

/** What stands around every page. */
export function Shell() {
  const app = useApp();
  const { t } = useTexts();
  const [help, setHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  useFocusOnArrival(main);
  const openHelp = () => setHelp(true);
  useShellKeys(openHelp);
  const version = app.about.value?.version ?? '';
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t('app.skip')}
      </button>
      <header class="side">
        <Brand />
        <nav class="grow" aria-label={t('app.navigation')}>
          <NavList />
        </nav>
        <div class="side-foot">
          <div class="row side-status">
            <LiveDot />
            <span class="faint" data-tip={t('app.version', { version })}>
              {version}
            </span>
          </div>
          <Preferences openHelp={openHelp} />
        </div>
      </header>
      <TopBar openHelp={openHelp} />
      <main class="main" ref={main} tabIndex={-1}>
        <PageOutlet />
      </main>
      {help && <HelpDialog close={() => setHelp(false)} />}
      <ConfirmLayer />
      <ToastLayer />
      <TipLayer />
    </div>
  );
}

function Brand() {
  const { title } = useApp();
  return (
    <a class="brand" href="./">
      <svg class="brand-mark" width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" class="brand-ground" />
        <path d="M8 11h16M8 16h11M8 21h6" class="brand-lines" />
        <circle cx="23" cy="21" r="2.6" class="brand-dot" />
      </svg>
      <span class="truncate">{title.value}</span>
    </a>
  );
}

/** Instead of the side, where there is no room for one. */
function TopBar({ openHelp }: { openHelp: () => void }) {
  const { t } = useTexts();
  const drawer = useRef<HTMLDialogElement>(null);
  const close = () => drawer.current?.close();
  return (
    <header class="top">
      <IconButton icon="menu" label={t('app.menu')} onClick={() => drawer.current?.showModal()} />
      <div class="grow">
        <Brand />
      </div>
      <LiveDot />
      <dialog
        ref={drawer}
        class="drawer"
        aria-label={t('app.menu')}
        onClick={(event) => event.target === drawer.current && close()}
      >
        <div class="drawer-inside">
          <div class="row">
            <div class="grow">
              <Brand />
            </div>
            <IconButton icon="close" label={t('app.closeMenu')} onClick={close} />
          </div>
          <nav class="grow" aria-label={t('app.navigation')}>
            <NavList chosen={close} />
          </nav>
          <Preferences
            openHelp={() => {
              close();
              openHelp();
            }}
          />
        </div>
      </dialog>
    </header>
  );
}

function useShellKeys(openHelp: () => void): void {
  const { router, theme, may } = useShellParts();
  const search = () => {
    const field = document.querySelector<HTMLElement>('[data-search]');
    if (field !== null) {
      field.focus();
    } else {
      router.go('jobs');
      // Its page is drawn first.
      setTimeout(() => document.querySelector<HTMLElement>('[data-search]')?.focus());
    }
  };
  useKeys(
    [
      { keys: '?', group: 'general', text: 'keys.help', run: openHelp },
      { keys: '/', group: 'general', text: 'keys.search', run: search },
      { keys: 't', group: 'general', text: 'keys.theme', run: () => theme.next() },
      ...DESTINATIONS.filter(({ right }) => right === undefined || may(right)).map(({ path, key, text }) => ({
        keys: `g ${key}`,
        group: 'go' as const,
        text,
        run: () => router.go(path === '' ? './' : path),
      })),
    ],
    [router],
  );
}

function useShellParts() {
  const app = useApp();
  return { router: app.router, theme: app.theme, may: app.may.bind(app) };
}

/**
 * After another page was asked for, a screen reader begins there. At once, and not after the paint: by then somebody
 * may have pressed `/` and be in the search field.
 */
function useFocusOnArrival(main: { readonly current: HTMLElement | null }): void {
  const { router } = useApp();
  const { path } = router.place.value;
  const before = useRef(path);
  useLayoutEffect(() => {
    if (before.current !== path) {
      before.current = path;
      main.current?.focus({ preventScroll: true });
    }
  }, [path, main]);
}
