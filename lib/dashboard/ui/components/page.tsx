import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useApp } from '../app/app-context.js';
import './page.css';

/** What stands right of the navigation: the heading, which also names the tab of the browser, and the content. */
export function Page({
  title,
  heading,
  actions,
  children,
}: {
  title: string;
  /** Instead of the title, where it takes more than words. */
  heading?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const app = useApp();
  const whole = app.title.value === '' ? title : `${title} · ${app.title.value}`;
  useEffect(() => {
    document.title = whole;
  }, [whole]);
  return (
    <div class="page">
      <header class="page-head">
        <h1 class="page-title">{heading ?? title}</h1>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
