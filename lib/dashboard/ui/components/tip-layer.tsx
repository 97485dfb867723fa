import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import './tip-layer.css';

/** Shows the `data-tip` of what is pointed at or has the focus: above it, or below where there is no room. */
export function TipLayer() {
  const tip = useSignal<{
    readonly text: string;
    readonly x: number;
    readonly y: number;
    readonly below: boolean;
  } | null>(null);
  useEffect(() => {
    const show = (event: Event) => {
      const at = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
      const text = at?.getAttribute('data-tip') ?? '';
      if (at === null || text === '') {
        tip.value = null;
        return;
      }
      const { left, width, top, bottom } = at.getBoundingClientRect();
      const below = top < 48;
      const x = Math.min(Math.max(left + width / 2, 8), window.innerWidth - 8);
      tip.value = { text, x, y: below ? bottom + 6 : top - 6, below };
    };
    const focus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) {
        show(event);
      }
    };
    const hide = () => (tip.value = null);
    const escape = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    const until = new AbortController();
    const { signal } = until;
    document.addEventListener('pointerover', show, { signal });
    document.addEventListener('focusin', focus, { signal });
    document.addEventListener('focusout', hide, { signal });
    document.addEventListener('pointerdown', hide, { signal });
    document.addEventListener('scroll', hide, { signal, capture: true });
    document.addEventListener('keydown', escape, { signal });
    return () => until.abort();
  }, [tip]);
  const shown = tip.value;
  if (shown === null) {
    return null;
  }
  // Near the edges it leans inwards.
  const lean = shown.x < 90 ? '-12%' : shown.x > window.innerWidth - 90 ? '-88%' : '-50%';
  return (
    <div
      class="tip"
      role="tooltip"
      style={{
        left: `${shown.x}px`,
        top: `${shown.y}px`,
        transform: `translate(${lean}, ${shown.below ? '0' : '-100%'})`,
      }}
    >
      {shown.text}
    </div>
  );
}
