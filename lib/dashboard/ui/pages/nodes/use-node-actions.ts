import type { NodeActionName, NodeView } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { nodeTitle } from '../../app/node-names.js';
import type { Resource } from '../../app/resource.js';

export type AskNode = (node: NodeView, action: NodeActionName) => void;

/** Asks first, then the node. Null for those who may only look. */
export function useNodeActions({ data, replace, reload }: Resource<readonly NodeView[]>): AskNode | null {
  const app = useApp();
  const { t } = useTexts();
  if (!app.may('nodes')) {
    return null;
  }
  const ask = async (asked: NodeView, action: NodeActionName) => {
    const { id } = asked;
    const name = nodeTitle(asked);
    const yes = await app.dialogs.confirm({
      title: t(`nodes.${action}Title`, { name }),
      body: t(`nodes.${action}Body`),
      yes: t(`nodes.${action}`),
      danger: action === 'stop',
    });
    if (!yes) {
      return;
    }
    try {
      const answer = await app.api.askNode(id, action);
      replace((data ?? []).map((node) => (node.id === id ? answer : node)));
      app.toasts.show('good', t(`nodes.asked.${action}`, { name }));
    } catch (cause) {
      app.toasts.show('bad', `${name}: ${(cause as Error).message}`);
    }
    reload();
  };
  return (node, action) => void ask(node, action);
}
