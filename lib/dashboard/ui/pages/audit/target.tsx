import type { AuditEntry } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { jobsPath, readFilters } from '../jobs/filters.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was acted on, with the page that shows it. */
export function Target({ entry }: { entry: AuditEntry }) {
  const { t } = useTexts();
  const { nodeNames } = useApp();
  const textOf = ({ action, target }: AuditEntry): string => {
    if (action.startsWith('nodes.') && /^\d{1,9}$/.test(target)) {
      return nodeNames.titleOf(Number(target));
    }
    return action.startsWith('jobs.') && target === '' ? t('audit.everything') : target;
  };
  const text = textOf(entry);
  const path = pathOf(entry);
  return path === null ? (
    <span class="audit-text">{text}</span>
  ) : (
    <a class="link audit-text" href={path} data-row>
      {text}
    </a>
  );
}

/** Only paths of our own, whatever stands in the target. */
function pathOf({ action, target }: AuditEntry): string | null {
  const about = action.slice(0, action.indexOf('.'));
  switch (about) {
    case 'jobs':
      if (UUID.test(target)) {
        return `jobs/${target}`;
      }
      return target === '' ? 'jobs' : filteredJobs(target);
    case 'channels':
      return pathTo('channels', { channel: target });
    case 'functions':
      return `functions/${encodeURIComponent(target)}`;
    case 'batches':
      return UUID.test(target) ? `batches/${target}` : null;
    case 'nodes':
      return 'nodes';
    default:
      return null;
  }
}

/** Null where it is no filter that the list knows wholly: of jobs chosen one by one, only their number stands there. */
function filteredJobs(target: string): string | null {
  const query = new URLSearchParams(target);
  const filters = readFilters(query);
  return Object.keys(filters).length === [...query.keys()].length ? jobsPath(filters) : null;
}
