import { useApp } from '../app/app-context.js';
import { TailText } from './tail-text.js';

/** A node's name with its number, wherever one is named. */
export function NodeLabel({ id }: { id: number }) {
  const { nodeNames } = useApp();
  return <TailText text={nodeNames.titleOf(id)} />;
}
