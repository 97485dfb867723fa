import { useApp, useTexts } from '../app/app-context.js';
import { Icon } from '../components/icon.js';
import { DESTINATIONS, type Destination } from './navigation.js';

/** Links to all pages that who is asking may see. */
export function NavList({ chosen }: { chosen?: () => void }) {
  const app = useApp();
  const { t } = useTexts();
  const { path } = app.router.place.value;
  return (
    <ul class="nav-list">
      {DESTINATIONS.filter(({ right }) => right === undefined || app.may(right)).map((destination) => (
        <li key={destination.path}>
          <a
            class="nav-link"
            // The base itself, with its slash: an empty address would be that of the page in view.
            href={destination.path === '' ? './' : destination.path}
            {...(isAt(destination, path) && { 'aria-current': 'page' as const })}
            onClick={chosen}
          >
            <Icon name={destination.icon} />
            <span class="grow truncate">{t(destination.text)}</span>
            <NavCount path={destination.path} />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** How many jobs are behind it, where that is news. */
function NavCount({ path }: { path: string }) {
  const { live } = useApp();
  const { format } = useTexts();
  const counts = live.pulse.value?.counts;
  const count = path === 'jobs' ? counts?.started : path === 'failures' ? counts?.failed : undefined;
  if (count === undefined || count.count === 0) {
    return null;
  }
  return (
    <span class={`nav-count nav-count-${path}`}>
      {format.compact(count.count)}
      {count.capped ? '+' : ''}
    </span>
  );
}

function isAt({ path }: Destination, at: string): boolean {
  return path === '' ? at === '' : at === path || at.startsWith(`${path}/`);
}
