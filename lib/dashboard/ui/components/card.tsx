import type { ComponentChildren } from 'preact';
import './card.css';

/** A part of a page, with its heading. */
export function Card({
  title,
  hint,
  actions,
  flush = false,
  children,
}: {
  title?: ComponentChildren;
  /** A few words beside the title. */
  hint?: ComponentChildren;
  actions?: ComponentChildren;
  /** What it holds goes to its edges, as a table does. */
  flush?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class="card">
      {title !== undefined && (
        <header class="card-head">
          <h2 class="card-title">{title}</h2>
          {hint !== undefined && <span class="card-hint truncate">{hint}</span>}
          {actions !== undefined && <div class="card-actions">{actions}</div>}
        </header>
      )}
      <div class={flush ? 'card-flush' : 'card-body'}>{children}</div>
    </section>
  );
}

/** One figure and what it counts; a link where there is more of it. */
export function Stat({
  label,
  value,
  href,
  hint,
}: {
  label: ComponentChildren;
  value: ComponentChildren;
  href?: string;
  hint?: ComponentChildren;
}) {
  const inside = (
    <>
      <span class="stat-label">{label}</span>
      <span class="stat-value">{value}</span>
      {hint !== undefined && <span class="stat-hint">{hint}</span>}
    </>
  );
  return href === undefined ? (
    <div class="stat">{inside}</div>
  ) : (
    <a class="stat stat-link" href={href}>
      {inside}
    </a>
  );
}
