import './tail-text.css';

/**
 * A name in one line that loses its head, not its tail, where there is no room for all of it: what tells names apart stands
 * at their ends. The whole of it is in the tip.
 */
export function TailText({ text }: { text: string }) {
  return (
    <span class="tail" data-tip={text}>
      <bdi>{text}</bdi>
    </span>
  );
}
